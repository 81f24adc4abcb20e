"""Each formula becomes a text, once, that reads in the middle of a sentence."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from feeds.normalize.lines import lines_of, prune
from feeds.normalize.math_text import linear_text, tidy_tex
from feeds.normalize.text import plain_text
from feeds.normalize.tree import parse_fragment
from tests.normalize.clean_body import clean_body, sanitize_html, to_text
from tests.normalize.test_html import faults

X2 = "<msup><mi>x</mi><mn>2</mn></msup>"
TEX = '<annotation encoding="application/x-tex">x^2</annotation>'


@pytest.mark.parametrize(
    ("mathml", "text"),
    [
        ("<mi>t</mi>", "t"),
        ("<msub><mi>N</mi><mn>0</mn></msub>", "N_0"),
        ("<mfrac><mrow><mi>ln</mi><mn>2</mn></mrow><mi>k</mi></mfrac>", "(ln 2)/k"),
        ("<msup><mi>e</mi><mrow><mo>-</mo><mn>7</mn><mi>t</mi></mrow></msup>", "e^(-7t)"),
        ("<mi>x</mi><mo>≤</mo><mo>-</mo><mn>5</mn>", "x ≤ -5"),
        ("<mi>cos</mi><mo>&#x2061;</mo><mo>(</mo><mi>θ</mi><mo>)</mo>", "cos(θ)"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>" + X2, "∑_(i = 1)^n x^2"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x + 1)"),
        ("<msqrt><mi>x</mi></msqrt><mo>&#x2062;</mo><mi>y</mi>", "√x y"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "√[3](x)"),
        ("<mfrac><mrow><mo>(</mo><mi>a</mi><mo>)</mo><mo>+</mo><mo>(</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></mfrac>", "((a) + (b))/2"),
        ("<mover><mi>x</mi><mo>^</mo></mover>", "x\u0302"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mo>-</mo><mn>1</mn></mtd></mtr></mtable>",
         "[1, 0; 0, -1]"),
        ("<mtable><mtr><mtd><mi>x</mi></mtd><mtd><mo>=</mo><mn>1</mn></mtd></mtr><mtr><mtd><mi>y</mi></mtd><mtd><mo>=</mo><mn>2</mn></mtd></mtr></mtable>",
         "x = 1; y = 2"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<mmultiscripts><mi>C</mi><none/><none/><mprescripts/><none/><mn>14</mn></mmultiscripts>", "^14C"),
        (f"<semantics><mrow>{X2}</mrow>{TEX}</semantics>", "x^2"),
    ],
)  # fmt: skip
def test_a_formula_is_written_on_one_line(mathml: str, text: str) -> None:
    math = parse_fragment(f"<p><math>{mathml}</math></p>").find(".//math")
    assert linear_text(math) == text


@pytest.mark.parametrize(
    ("tex", "tidied"),
    [
        (r"{\displaystyle E=mc^{2}}", "E=mc^{2}"),
        (r"\displaystyle  x", "x"),
        (r"{\displaystyle a}+{b}", r"{\displaystyle a}+{b}"),
        (r"\displaystylefoo", r"\displaystylefoo"),
    ],
)
def test_tex_loses_the_style_around_the_whole(tex: str, tidied: str) -> None:
    assert tidy_tex(tex) == tidied
    assert tidy_tex(tidied) == tidied


def test_a_formula_becomes_the_tex_of_its_author_or_a_line_of_text() -> None:
    cleaned = clean_body(
        "<p>after <math><mi>t</mi></math> it takes <math><mfrac><mn>1</mn><mi>k</mi></mfrac></math> hours</p>"
        f"<math display='block'><semantics><mrow>{X2}</mrow>{TEX}</semantics></math><p>long.</p>"
    )
    assert cleaned.html == "<p>after t it takes 1/k hours</p><div>x^2</div><p>long.</p>"
    assert cleaned.text == "after t it takes 1/k hours\nx^2\nlong."
    in_a_paragraph = f"<p>it is <math display='block'>{X2}</math> then</p>"
    assert sanitize_html(in_a_paragraph) == "<p>it is <br>x^2<br> then</p>"


KATEX = (
    '<span class="katex"><span class="katex-mathml"><math xmlns="http://www.w3.org/1998/Math/MathML"><semantics>'
    f"<mrow>{X2}</mrow>{TEX}</semantics></math></span><span class='katex-html' aria-hidden='true'>x2</span></span>"
)
MATHJAX_2 = (
    '<span class="MathJax_Preview">x^2</span><span class="MathJax"><nobr aria-hidden="true">x2</nobr>'
    f'<span class="MJX_Assistive_MathML" role="presentation"><math>{X2}</math></span></span>'
    '<script type="math/tex">x^2</script>'
)
MATHJAX_3 = (
    '<mjx-container class="MathJax" jax="CHTML"><mjx-math aria-hidden="true"><mjx-c class="mjx-c1D465"></mjx-c></mjx-math>'
    f"<mjx-assistive-mml><math>{X2}</math></mjx-assistive-mml></mjx-container>"
)
MEDIAWIKI = (
    '<span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="display: none;">'
    rf'<math alttext="{{\displaystyle x^2}}">{X2}</math></span>'
    r'<img src="/math/render/svg/1" class="mwe-math-fallback-image-inline" aria-hidden="true" alt="{\displaystyle x^2}"></span>'
)
WITHOUT_CLASSES = f'<span><span><math>{X2}</math></span><span aria-hidden="true">x2</span></span>'
PREFIXED = '<mml:math xmlns:mml="x"><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>'


@pytest.mark.parametrize("rendering", [KATEX, MATHJAX_2, MATHJAX_3, MEDIAWIKI, WITHOUT_CLASSES, PREFIXED])
def test_a_formula_that_is_written_several_times_stays_once(rendering: str) -> None:
    html = sanitize_html(f"<p>where {rendering} is big</p>")
    assert html.replace("  ", " ") == "<p>where x^2 is big</p>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<script type="math/tex">k < n</script>', r"\(k < n\)"),
        ('<script type="math/tex; mode=display">% <![CDATA[\na & b %]]></script>', r"\[a & b\]"),
        ('<div class="latex-rendered" data-attrs=\'{"persistentExpression":"a^2"}\'></div>', r"\[a^2\]"),
        ('<mjx-container jax="SVG"><svg><use data-c="1D465"></use><use data-c="3D"></use></svg></mjx-container>', "x="),
        ('<span class="mjx-chtml"><span class="mjx-math" aria-label="x_i"><span aria-hidden="true">xi</span></span></span>', "x_i"),
        ('<span class="math-inline" data-tex="a<b"></span>', r"\(a<b\)"),
        (r'<amp-mathml data-formula="\[x\]"></amp-mathml>', r"\[x\]"),
        (r"\(a<b\) and $$x$$", r"\(a<b\) and $$x$$"),
        ("<math>E=mc^2</math>", "E=mc^2"),
        ("<math><mtext>LaTeX</mtext><annotation encoding='application/x-tex'>\\LaTeX</annotation></math>", "LaTeX"),
        ("<math alttext='x+y'><mi>x</mi><msup><mi>y</mi><mn>1</mn></msup></math>", "x+y"),
        ("<math><mtext><b>bold</b></mtext></math>", "bold"),
        ('<img src="https://s0.wp.com/latex.php?latex=x" alt="x^2" class="latex">', "x^2"),
    ],
)  # fmt: skip
def test_a_formula_that_is_not_mathml_keeps_its_text(markup: str, text: str) -> None:
    html = sanitize_html(f"<p>one {markup}</p><p>two</p>")
    assert to_text(html).replace("\n", " ") == f"one {text} two"
    assert sanitize_html(html) == html


def test_a_formula_that_is_never_closed_keeps_the_rest_of_the_article() -> None:
    html = sanitize_html('<p>a <math><mi>x</mi> rest <a href="/y">link</a></p><p><img src="/i.png"></p>')
    assert 'href="https://n.example/y"' in html
    assert "<img" in html


@pytest.mark.parametrize(
    "hostile",
    [
        '<math href="javascript:alert(1)">CLICK</math>',
        '<math><maction actiontype="statusline#x" xlink:href="javascript:alert(1)">x<mtext>y</mtext></maction></math>',
        '<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml><mi>x</mi></math>',
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        '<math><mtext><option><FAKEFAKE><option></option><mglyph><svg><mtext><textarea><path id="</textarea><img onerror=alert(1) src=1>">',
        "<math><mtext>&lt;img src=x onerror=alert(1)&gt;</mtext></math>",
        '<mi>alone</mi><mrow href="x">y</mrow>',
    ],
)
def test_a_hostile_formula_is_harmless_however_often_it_is_read(hostile: str) -> None:
    html = sanitize_html(hostile)
    assert list(faults(html)) == []
    assert list(faults(sanitize_html(html))) == []


def test_a_cut_removes_the_picture_of_a_formula_as_a_whole() -> None:
    tree = parse_fragment('<p>one <img src="https://s0.wp.com/latex.php?latex=x" alt="x^2"> two</p>')
    (line,) = lines_of(tree)
    assert line.text == "one x^2 two"
    line.cut(0, 5)
    assert line.text == "x^2 two"
    line.clear()
    prune(tree)
    assert len(tree) == 0


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (f"Growth of <math>{X2}</math> in <i>ponds</i>", "Growth of x^2 in ponds"),
        (f"Growth of {PREFIXED}", "Growth of x^2"),
        ("A &lt;math&gt;&lt;mi&gt;q&lt;/mi&gt;&lt;/math&gt; b", "A q b"),
        ("Why <math> matters", "Why <math> matters"),
    ],
)
def test_a_formula_in_a_title_becomes_text(title: str, text: str) -> None:
    assert plain_text(title) == text


def test_deep_formulas_do_not_exceed_the_stack() -> None:
    deep = "<math>" + "<mrow>" * 5000 + "<mi>x</mi>" + "</mrow>" * 5000 + "</math>"
    assert to_text(f"<p>{deep}</p>") == "x"

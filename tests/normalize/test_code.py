"""Code keeps its lines and loses only the numbers beside them; boxes keep their state; `noscript` keeps its words."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from tests.normalize.clean_body import sanitize_html, to_text


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("<pre><code>a\n\n\tb  c</code></pre>", "<pre><code>a\n\n\tb  c</code></pre>"),
        ("<pre>\n\n\n a</pre>", "<pre> a</pre>"),
        ('<pre><code><div class="line">a</div><div class="line"></div><div class="line">  b</div></code></pre>', "<pre><code>a\n\n  b</code></pre>"),
        ('<pre><div class="line">a\n</div><div class="line">b\n</div></pre>', "<pre>a\nb\n</pre>"),
        ("<pre><div>a</div><div><br></div><div>b</div></pre>", "<pre>a<br>\nb</pre>"),
        ('<pre><ol class="linenums"><li>a</li><li>b</li></ol></pre>', "<pre>a\nb</pre>"),
        ('<pre><span class="line">a</span>\n<span class="line">b</span></pre>', "<pre><span>a</span>\n<span>b</span></pre>"),
        ('<pre><span class="ln">1</span>a\n<span class="ln">2</span>b</pre>', "<pre>a\nb</pre>"),
        ('<pre><span class="ln">one</span>a</pre>', "<pre><span>one</span>a</pre>"),
        ('<div class="mermaid">\ngraph TD\n  a-->b</div>', "<pre>graph TD\n  a--&gt;b</pre>"),
        ('<pre><span class="linenr">1: </span>a\n<span class="linenr">2: </span>b</pre>', "<pre>a\nb</pre>"),
        ('<div class="crayon-plain-wrap"><textarea>a\nb</textarea></div><pre>a\nb</pre>', "<pre>a\nb</pre>"),
        ("<xmp>a <b>c</b></xmp>", "<pre>a &lt;b&gt;c&lt;/b&gt;</pre>"),
        ("<listing>a\n b</listing>", "<pre>a\n b</pre>"),
        ("<textarea>a\n b</textarea>", "<pre>a\n b</pre>"),
        ("<p>Press <kbd>Ctrl</kbd>, read <samp>a</samp>, &nbsp;x</p>", "<p>Press <kbd>Ctrl</kbd>, read <samp>a</samp>, &nbsp;x</p>"),
    ],
)  # fmt: skip
def test_code_keeps_its_lines(markup: str, html: str) -> None:
    assert sanitize_html(markup) == html
    assert sanitize_html(html) == html


HEXO = (
    '<figure class="highlight"><table><tr><td class="gutter"><pre><span class="line">1</span><br><span class="line">2</span><br></pre></td>'
    '<td class="code"><pre><span class="line">a</span><br><span class="line">  b</span><br></pre></td></tr></table></figure>'
)
ROUGE = (
    '<pre><code><table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">1\n2\n</pre></td>'
    '<td class="rouge-code"><pre>a\n  b\n</pre></td></tr></tbody></table></code></pre>'
)
CHROMA = (
    '<table class="lntable"><tr><td class="lntd"><pre><code><span class="lnt">1\n</span><span class="lnt">2\n</span></code></pre></td>'
    '<td class="lntd"><pre><code>a\n  b</code></pre></td></tr></table>'
)
GIST = (
    '<table><tr><td class="blob-num" data-line-number="1"></td><td class="blob-code">a</td></tr>'
    '<tr><td class="blob-num" data-line-number="2"></td><td class="blob-code">  b</td></tr></table>'
)
WITHOUT_CLASSES = "<table><tr><td><pre>9\n10</pre></td><td><pre>a\n  b</pre></td></tr></table>"
SYNTAX_HIGHLIGHTER = (
    '<table><tr><td class="gutter"><div class="line number1">1</div><div class="line number2">2</div></td><td class="code">'
    '<div class="container"><div class="line"><code>a</code></div><div class="line"><code>  b</code></div></div></td></tr></table>'
)


@pytest.mark.parametrize("table", [HEXO, ROUGE, CHROMA, GIST, WITHOUT_CLASSES, SYNTAX_HIGHLIGHTER])
def test_a_table_of_line_numbers_and_code_becomes_the_code(table: str) -> None:
    html = sanitize_html(f"<p>one</p>{table}<p>two</p>")
    assert "<table" not in html
    assert html.count("<pre") == 1
    assert "  b" in html
    assert to_text(html) == "one\na\nb\ntwo"
    assert sanitize_html(html) == html


@pytest.mark.parametrize(
    "table",
    [
        "<table><tbody><tr><td>1</td><td><code>a</code></td></tr><tr><td>2</td><td><code>b</code></td></tr></tbody></table>",
        "<table><tbody><tr><td>1</td><td><code>a</code></td></tr></tbody></table>",
        "<table><tbody><tr><td>7 9</td><td><pre>a</pre></td></tr></tbody></table>",
    ],
)
def test_a_table_with_numbers_in_its_first_column_stays(table: str) -> None:
    assert sanitize_html(table) == table


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ul><li><input type=checkbox checked disabled> done</li><li><input type=checkbox disabled>open</li></ul>", "☑ done\n☐ open"),
        ('<li><label><input type="checkbox"><span>a</span></label></li>', "☐ a"),
        ('<p><input type="checkbox" disabled checked="checked"> a</p>', "☑ a"),
        ('<li data-list="checked">a</li><li data-list="unchecked">b</li><li data-list="bullet">c</li>', "☑ a\n☐ b\nc"),
        ('<div class="checkbox checkbox-on"></div> a', "☑ a"),
        ('<span role="checkbox" aria-checked="true"></span>a', "☑ a"),
        ('<li><i class="fa fa-check-square-o"></i> a</li><li><i class="bi bi-square"></i>b</li>', "☑ a\n☐ b"),
        ('<li>The <span class="town-square">square</span> <i class="fa fa-facebook-square"></i></li>', "The square"),
        ('note<label for="n">⊕</label><input type="checkbox" id="n" class="margin-toggle">', "note⊕"),
        ('<form><p><input type="checkbox" disabled> I agree</p></form>', "I agree"),
        ('<p>a <input type="checkbox"> b</p>', "a b"),
    ],
)  # fmt: skip
def test_a_box_keeps_its_state(markup: str, text: str) -> None:
    html = sanitize_html(markup)
    assert to_text(html) == text
    assert sanitize_html(html) == html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<noscript>Some words</noscript>", "Some words"),
        ("<noscript><p>Some <a href='/x'>words</a></p></noscript>", "Some words"),
        ('<script src="https://gist.github.com/ann/0123456789abcdef.js"></script><noscript><pre>a\nb</pre></noscript>',
         "gist.github.com/ann/0123456789abcdef\na\nb"),
        ('<script src="x.js"></script><noscript><a href="https://poll.example/1">Take our poll</a></noscript>', "Take our poll"),
        ("<noscript>Please enable JavaScript.</noscript>", ""),
        ('<noscript>Enable scripts to see <a href="https://disqus.com/?ref_noscript">the comments</a>.</noscript>', ""),
        ("<p>Some words</p><noscript>Some words</noscript>", "Some words"),
        ("<script>var x = 1</script><style>p {}</style>Some words", "Some words"),
    ],
)  # fmt: skip
def test_noscript_keeps_what_is_not_a_notice_or_a_repeat(markup: str, text: str) -> None:
    html = sanitize_html(markup)
    assert to_text(html) == text
    assert sanitize_html(html) == html


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f \u2764\ufe0f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a zero width non-joiner
        "\u0915\u094d\u200d\u0937",  # Devanagari, with a zero width joiner
    ],
)
def test_joiners_of_scripts_and_emoji_stay(text: str) -> None:
    assert sanitize_html(f"<p>{text}</p>") == f"<p>{text}</p>"
    assert to_text(f"<p>{text}</p>") == text


def test_soft_hyphens_and_zero_width_spaces_stay_in_html_and_not_in_plain_text() -> None:
    html = "<p>hy\u00adphen zero\u200bwidth</p>"
    assert sanitize_html(html) == html
    assert to_text(html) == "hyphen zerowidth"

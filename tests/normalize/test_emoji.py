"""Pictures that stand for a character become that character; other pictures stay."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from tests.normalize.clean_body import sanitize_html, to_text


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ('<img src="https://s.w.org/images/core/emoji/15.0.3/72x72/1f331.png" alt="🌱" class="wp-smiley">', "🌱"),
        ('<img src="https://s.w.org/images/core/emoji/15.0.3/svg/1f469-200d-1f4bb.svg" alt="">', "👩\u200d💻"),
        ('<img src="/wp-includes/images/smilies/simple-smile.png" alt=":)" class="wp-smiley">', ":)"),
        ('<img class="emoji" title=":tada:" alt=":tada:" src="/images/icons/emoji/unicode/1f389.png" height="20" width="20">', ":tada:"),
        ('<img src="/images/emoji/twitter/slight_smile.png?v=12" class="emoji" alt=":slight_smile:">', ":slight_smile:"),
        ('<img class="emojione custom-emoji" alt=":blobcat:" src="https://files.example/custom_emojis/images/1.png">', ":blobcat:"),
        ('<img src="./images/smilies/icon_e_smile.gif" width="15" height="17" alt="" title="Smile">', "Smile"),
        ('<img src="https://static.xx.fbcdn.net/images/emoji.php/v9/t4c/1/16/1f4f7.png" alt="📷" width="16" height="16">', "📷"),
        ('<img src="https://cdn.jsdelivr.net/gh/x/twemoji@15/assets/svg/1f600.svg">', "😀"),
        ('<img data-emoji="👍" src="https://fonts.gstatic.com/s/e/notoemoji/16.0/1f44d/72.png">', "👍"),
        ('<img src="/a.png" alt="♥" style="height:1em">', "♥"),
        ('<img class="wp-smiley lazy" alt="🐌" src="data:image/gif;base64,R0" data-src="/1f40c.png">', "🐌"),
        ('<g-emoji alias="tada" fallback-src="https://f.example/1f389.png">🎉</g-emoji>', "🎉"),
    ],
)  # fmt: skip
def test_an_emoji_becomes_its_text(image: str, text: str) -> None:
    assert sanitize_html(f"<p>one {image} two</p>") == f"<p>one {text} two</p>"
    assert to_text(f"<p>one {image} two</p>") == f"one {text} two"


@pytest.mark.parametrize(
    "image",
    [
        '<img src="https://n.example/images/emoji/history.png" alt="How the first emoji looked">',
        '<img src="https://n.example/garden.jpg" alt="🌱">',
        '<img src="https://n.example/emoji/mosaic.jpg" alt="Mosaic" width="800">',
        '<img src="https://n.example/latex.php?x" alt="x=1" width="30" height="12">',
        '<img src="https://n.example/smilies/unnamed.gif">',
    ],
)
def test_a_picture_stays_a_picture(image: str) -> None:
    assert sanitize_html(image) == image

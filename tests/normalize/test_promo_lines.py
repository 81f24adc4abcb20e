"""Promotional lines are removed; news that resembles them stays. All texts here are invented."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.normalize.credits.promo_lines import (
    _expand,
    _prefilters,
    is_promo,
    match_label,
    may_be_promo,
    post_footer_title,
)
from feeds.normalize.credits.promo_patterns import PROMO_PATTERNS, PromoPatterns
from tests.normalize.clean_body import clean_body, to_text

STORM = "The harbour was closed for a day after the storm, the council said."

# language → (promotional lines, news sentences that resemble one)
PROMOS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        ("Follow us on Google News", "Follow us on Google News to get the latest updates. Click the star and add Open Line to your favourites.",
         "👉 Follow The Harbour Post on Facebook, X and Instagram!", "Subscribe to our newsletter", "Sign up for our free daily newsletter.",
         "Download our app for more.", "Join our WhatsApp channel", "Follow us also on Google News Showcase FOLLOW", "Click here to join our WhatsApp channel", "Share this article on Facebook", "Read more: Ships return to the bay", "Also read"),
        ("Follow us on Google News was the slogan painted on the wall.", "Google News will follow publishers on Facebook, its lawyers said.",
         "Follow us on Google News buttons will vanish from June, the company said.", "Subscribe to our newsletter lists were stolen from the council.",
         "“Follow us on Google News,” the banner read.", "Download our app was not what the minister wanted to hear.", "Read more about it in the report, she said."),
    ),
    "fr": (
        ("Suivez-nous sur Google Actualités", "Suivez Le Phare sur Google Actualités pour ne rien manquer de l’actualité.", "Abonnez-vous à notre newsletter",
         "Téléchargez notre application", "Lire aussi : Le port rouvre"),
        ("Suivez-nous sur Facebook a été le mot d’ordre du ministère.", "Google Actualités ne suivra plus les éditeurs, dit la ministre.", "Lire aussi est un plaisir, dit-il."),
    ),
    "de": (
        ("Folgen Sie uns auf Google News", "Folgen Sie dem Hafenblatt auf Instagram und verpassen Sie nichts.", "Abonnieren Sie unseren Newsletter", "Laden Sie unsere App herunter!",
         "Lesen Sie auch: Der Hafen öffnet"),
        ("Folgen Sie uns auf Facebook stand auf dem Plakat.", "Die Partei folgt uns auf Facebook, sagte sie.", "Lesen Sie auch zwischen den Zeilen, riet er."),
    ),
    "es": (
        ("Síguenos en Google News", "Síguenos también en nuestro canal de WhatsApp", "Suscríbete a nuestro boletín", "Descarga nuestra app", "Lee también: El puerto abre"),
        ("Síguenos en Facebook decía el cartel del puerto.", "La agencia nos sigue en Facebook, dijo el alcalde."),
    ),
    "it": (
        ("Seguici su Google News", "Seguici anche su Facebook e Instagram", "Iscriviti alla nostra newsletter", "Leggi anche: Il porto riapre"),
        ("Seguici su Facebook era lo slogan della campagna.", "Il porto segue la vicenda su Facebook, dice il sindaco."),
    ),
    "pt": (
        ("Siga-nos no Google Notícias", "Segue-nos no Instagram", "Assine a nossa newsletter", "Baixe o nosso aplicativo", "Leia também: O porto reabre"),
        ("Siga-nos no Facebook foi o lema da campanha.", "O porto segue fechado, segundo o Facebook da cidade."),
    ),
    "nl": (("Volg ons op Google Nieuws", "Volg ons ook op Google News VOLGEN", "Lees ook: De haven gaat open"), ("Volg ons op Facebook stond er op het bord.",)),
    "sv/da/no": (("Följ oss på Facebook", "Følg oss på Instagram", "Læs også: Havnen åbner"), ("Följ oss på Facebook stod det på skylten.",)),
    "fi/et/hu": (("Seuraa meitä Facebookissa", "Seuraa meitä myös Facebookissa", "Tilaa uutiskirje", "Lue myös: Satama avataan"), ("Seuraa meitä Facebookissa luki kyltissä.",)),
    "pl": (("Obserwuj nas w Google News", "Czytaj też: Port otwarty"), ("Obserwuj nas w Google News było hasłem kampanii.",)),
    "cs/sk": (("Sledujte nás na Facebooku", "Čtěte také: Přístav se otevírá"), ("Sledujte nás na Facebooku stálo na plakátu.",)),
    "ro": (("Urmăriți-ne pe Google News", "Citește și: Portul se deschide"), ("Urmăriți-ne pe Facebook scria pe afiș.",)),
    "ru": (
        ("Подписывайтесь на нас в Google Новостях", "Подписывайтесь на «Маяк»".replace("«", "").replace("»", "") + " в Telegram и читайте главное.", "Читайте также: Порт открылся"),
        ("Подписывайтесь на нас в Telegram было написано на стене.", "Мэр рассказал о порте в Telegram."),
    ),
    "uk/bg/sr": (("Підписуйтесь на нас у Telegram", "Последвайте ни във Facebook", "Последвайте ни и в Google News Showcase", "Следете ни и в Телеграм", "Pratite nas i na Facebooku", "Читайте також: Порт відкрито"), ("Підписуйтесь на нас у Telegram було гаслом.",)),
    "el": (
        ("Ακολουθήστε το Limani.gr στο Google News και μάθετε πρώτοι όλες τις ειδήσεις", "Ακολουθήστε μας στο Facebook", "Διαβάστε ακόμη: Το λιμάνι άνοιξε"),
        ("Ακολουθήστε μας στο Facebook έγραφε η πινακίδα.", "Το Google News ακολουθεί τους εκδότες, είπε η υπουργός."),
    ),
    "tr/az": (("Bizi Google News’te takip edin", "Google News'te takip et", "Haberlerimizi Google News'te takip et", "Ayrıca okuyun: Liman açıldı"), ("Bizi Facebook’ta takip edin diyen afiş kaldırıldı.",)),
    "ar": (("تابعونا على فيسبوك", "تابعوا أخبارنا عبر Google News", "تابعوا قناتنا على تلغرام", "تابعونا على أخبار جوجل", "اقرأ أيضا: الميناء يفتح"), ("تابعوا المباراة على فيسبوك بعد إغلاق الميناء مساء أمس.",)),
    "fa/ur": (("ما را در تلگرام دنبال کنید",), ("مردم اخبار بندر را در تلگرام دنبال کردند.",)),
    "he": (("עקבו אחרינו בפייסבוק", "קראו גם: הנמל נפתח"), ("התושבים עקבו אחרי הסערה בפייסבוק.",)),
    "hi/mr": (
        ("हमें गूगल न्यूज़ पर फॉलो करें", "ताज़ा खबरों के लिए हमें फेसबुक पर लाइक करें।", "यह भी पढ़ें: बंदरगाह खुला"),
        ("मंत्री ने कहा कि लोग उन्हें फेसबुक पर फॉलो करते हैं।",),
    ),
    "bn/ta": (("গুগল নিউজে ফলো করুন",), ("মন্ত্রী বলেন, মানুষ ফেসবুকে তাঁকে ফলো করেন।",)),
    "th": (
        ("ติดตามข่าวสารล่าสุดได้ที่ ท่าเรือ24 กดติดตามเราบน Google News เพื่อไม่พลาดทุกข่าวสำคัญ".replace("ท่าเรือ24 ", "Harbour24 "), "อ่านเพิ่มเติม: ท่าเรือเปิด"),
        ("ชาวบ้านติดตามข่าวพายุผ่าน Facebook ของเทศบาล",),
    ),
    "vi/id": (("Theo dõi chúng tôi trên Facebook", "Ikuti kami di Google News", "Baca juga: Pelabuhan dibuka"), ("Warga mengikuti kabar badai di Facebook.",)),
    "ja": (("Google ニュースでフォロー", "Googleニュースでフォローする", "公式LINEで友だち登録してください", "関連記事：港が再開"), ("市長はフェイスブックでフォローした人に感謝した。",)),
    "zh": (("关注我们", "关注我们 Follow", "请关注我们的微信公众号", "关注海港报，获取最新资讯。", "相关阅读：港口重开"), ("市民关注我们的港口何时重开。", "微信用户关注港口的消息。")),
    "ko": (("구글 뉴스에서 팔로우하세요", "관련 기사: 항구 재개"), ("시장은 페이스북에서 팔로우한 시민에게 감사했다.",)),
}  # fmt: skip


def examples(index: int) -> list[tuple[str, str]]:
    """All (language, text) with index 0 (promotional lines) or 1 (news) of the entries of `PROMOS`."""
    return [(language, text) for language, kinds in PROMOS.items() for text in kinds[index]]


def test_every_language_has_examples_and_counterexamples() -> None:
    assert set(PROMOS) == {entry.language for entry in PROMO_PATTERNS}
    assert all(kinds[0] and kinds[1] for kinds in PROMOS.values())


@pytest.mark.parametrize(("language", "text"), examples(0))
def test_a_promotional_line_is_removed(language: str, text: str) -> None:
    assert clean_body(f"<p>{STORM}</p><p>{text}</p>").text == STORM
    assert (
        clean_body(f"<p>{STORM}</p><p><strong><a href='https://n.example/x'>{text}</a></strong></p>").text
        == STORM
    )


@pytest.mark.parametrize(("language", "text"), examples(1))
def test_news_that_resembles_a_promotional_line_stays(language: str, text: str) -> None:
    assert clean_body(f"<p>{STORM}</p><p>{text}</p>").text == f"{STORM}\n{text}"
    assert clean_body(f"<p>{STORM} {text}</p>").text == f"{STORM} {text}"


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{STORM}</p><p>Follow us on:</p><ul><li><a href='https://facebook.com/n'>Facebook</a></li><li><a href='https://x.com/n'>X</a></li></ul>",
        f"<p>{STORM}</p><p>Facebook | X | Instagram</p><p>Follow us on Google News</p>",
        f"<p>{STORM}</p><p><a href='https://news.google.com/publications/x'>Our news, first</a></p>",
        f"<p>{STORM}</p><p><a href='https://facebook.com/n'>Facebook</a> · <a href='https://x.com/n'>X</a></p>",
        f"{STORM}<br><br>Follow us on Facebook, X and Instagram.<br>",
        f"<p>{STORM} Follow us on Google News!</p>",
        f"<p>{STORM}</p><p>Related: <a href='https://n.example/b'>Ships return</a></p>",
        f"<p>{STORM} <a href='https://n.example/a'>Read more</a></p>",
        f"<p>{STORM}</p><p>The post <a href='https://n.example/a'>What now?</a> appeared first on <a href='https://n.example'>N</a>.</p>",
        f"<p>{STORM} The post The harbour appeared first on The Lighthouse.</p>",
        f"<p>{STORM}</p><p>Der Beitrag <a href='https://n.example/a'>Hafen</a> erschien zuerst auf <a href='https://n.example'>N</a>.</p>",
    ],
)  # fmt: skip
def test_other_forms_of_promotion_are_removed(html: str) -> None:
    assert clean_body(html).text == STORM


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{STORM}</p><p>Facebook, X and Instagram</p>",  # may be the answer to a question in the story
        f"<p>{STORM}</p><ul><li>Facebook</li><li>Instagram</li></ul>",
        f"<p>{STORM}</p><p><a href='https://x.com/n/status/1'>Our mayor on X</a></p>",
        f"<p>{STORM}</p><blockquote><p>Follow us on Google News</p></blockquote>",
        f'<p>{STORM} "Come along. Follow us on Google News."</p>',
        f"<p>{STORM} “Join in! Follow us on Google News. Be there!</p>",
        "<p>The post that she wrote appeared first on her blog.</p>",
        f"<p>{STORM}</p><p>The post of mayor appeared first on the ballot.</p>",
        f"<p>{STORM}</p><p>Follow us to the harbour and see for yourself.</p>",
        f"<p>{STORM}</p><p>Recommended: two ropes for every ship.</p>",
        f"<p>{STORM} Who paid?</p><p>Facebook</p>",
        f"<p>{STORM}</p><p>उन्होंने कहा कि मुझे फेसबुक पर फॉलो करें</p>",
        "<p>Follow us on Google News</p>",
        "<p>Follow us on Google News</p><p>This is what the harbour asks of its friends.</p>",
    ],
)
def test_ambiguous_lines_stay(html: str) -> None:
    assert clean_body(html).text == to_text(html)


def test_a_single_network_name_above_a_promotional_line_stays() -> None:
    assert clean_body(
        f"<p>{STORM} Who paid?</p><p>Facebook</p><p>Follow us on Google News</p>"
    ).text.endswith("\nFacebook")


def test_a_picture_among_promotional_lines_stays() -> None:
    cleaned = clean_body(f"<p>{STORM}</p><p><img src='/a.jpg'></p><p>Follow us on Google News</p>")
    assert cleaned.html == f'<p>{STORM}</p><p><img src="https://n.example/a.jpg"></p>'


def test_titles_in_labels_and_post_footers() -> None:
    match = match_label("Read also: Ships return")
    assert match is not None
    assert match["title"] == "Ships return"
    assert post_footer_title("The post Ships return appeared first on The Lighthouse.") == "Ships return"
    assert post_footer_title("L’article Le port est apparu en premier sur Le Phare.") == "Le port"
    assert not is_promo("Follow the money.")


@pytest.mark.parametrize("entry", PROMO_PATTERNS, ids=lambda entry: entry.language)
def test_a_prefilter_matches_every_sentence_of_its_language(entry: PromoPatterns) -> None:
    prefilter = next(prefilter for prefilter, patterns in _prefilters() if patterns is entry)
    lines = [_expand(line.strip()) for line in entry.sentences.splitlines() if line.strip()]

    @given(st.one_of([st.from_regex(re.compile(line, re.I), fullmatch=True) for line in lines]))
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    def prefilter_matches(sentence: str) -> None:
        assert prefilter.search(sentence)
        assert may_be_promo(sentence)

    prefilter_matches()

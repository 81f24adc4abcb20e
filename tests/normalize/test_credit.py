"""Credits and invitations go; sentences about them stay. All copy here is invented."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.normalize.credits.agencies import AGENCIES, name_of, names_in
from feeds.normalize.credits.credit import MAX_LINE, MAX_LINES, last_sentences, sentences
from feeds.normalize.credits.promo_lines import _doors, _written, invites, label, may_invite, posted
from feeds.normalize.credits.promo_patterns import LANGUAGES, Invitations
from feeds.normalize.html import to_text
from tests.normalize.reading import read

STORM = "The harbour was closed for a day after the storm, the council said."
SHIPS = "Ships waited in the bay until the wind had gone."

# language → (invitations, sentences of news that look like one)
INVITATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        ("Follow us on Google News", "Follow us on Google News to get the latest updates. Click the star and add Open Line to your favourites.",
         "👉 Follow The Harbour Post on Facebook, X and Instagram!", "Subscribe to our newsletter", "Sign up for our free daily newsletter.",
         "Download our app for more.", "Join our WhatsApp channel", "Read more: Ships return to the bay", "Also read"),
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
    "nl": (("Volg ons op Google Nieuws", "Lees ook: De haven gaat open"), ("Volg ons op Facebook stond er op het bord.",)),
    "sv/da/no": (("Följ oss på Facebook", "Følg oss på Instagram", "Læs også: Havnen åbner"), ("Följ oss på Facebook stod det på skylten.",)),
    "fi/et/hu": (("Seuraa meitä Facebookissa", "Tilaa uutiskirje", "Lue myös: Satama avataan"), ("Seuraa meitä Facebookissa luki kyltissä.",)),
    "pl": (("Obserwuj nas w Google News", "Czytaj też: Port otwarty"), ("Obserwuj nas w Google News było hasłem kampanii.",)),
    "cs/sk": (("Sledujte nás na Facebooku", "Čtěte také: Přístav se otevírá"), ("Sledujte nás na Facebooku stálo na plakátu.",)),
    "ro": (("Urmăriți-ne pe Google News", "Citește și: Portul se deschide"), ("Urmăriți-ne pe Facebook scria pe afiș.",)),
    "ru": (
        ("Подписывайтесь на нас в Google Новостях", "Подписывайтесь на «Маяк»".replace("«", "").replace("»", "") + " в Telegram и читайте главное.", "Читайте также: Порт открылся"),
        ("Подписывайтесь на нас в Telegram было написано на стене.", "Мэр рассказал о порте в Telegram."),
    ),
    "uk/bg/sr": (("Підписуйтесь на нас у Telegram", "Последвайте ни във Facebook", "Читайте також: Порт відкрито"), ("Підписуйтесь на нас у Telegram було гаслом.",)),
    "el": (
        ("Ακολουθήστε το Limani.gr στο Google News και μάθετε πρώτοι όλες τις ειδήσεις", "Ακολουθήστε μας στο Facebook", "Διαβάστε ακόμη: Το λιμάνι άνοιξε"),
        ("Ακολουθήστε μας στο Facebook έγραφε η πινακίδα.", "Το Google News ακολουθεί τους εκδότες, είπε η υπουργός."),
    ),
    "tr/az": (("Bizi Google News’te takip edin", "Ayrıca okuyun: Liman açıldı"), ("Bizi Facebook’ta takip edin diyen afiş kaldırıldı.",)),
    "ar": (("تابعونا على فيسبوك", "تابعونا على أخبار جوجل", "اقرأ أيضا: الميناء يفتح"), ("تابعوا المباراة على فيسبوك بعد إغلاق الميناء مساء أمس.",)),
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
    "ja": (("Google ニュースでフォロー", "公式LINEで友だち登録してください", "関連記事：港が再開"), ("市長はフェイスブックでフォローした人に感謝した。",)),
    "zh": (("关注我们", "请关注我们的微信公众号", "关注海港报，获取最新资讯。", "相关阅读：港口重开"), ("市民关注我们的港口何时重开。", "微信用户关注港口的消息。")),
    "ko": (("구글 뉴스에서 팔로우하세요", "관련 기사: 항구 재개"), ("시장은 페이스북에서 팔로우한 시민에게 감사했다.",)),
}  # fmt: skip


def cases(which: int) -> list[tuple[str, str]]:
    return [(language, text) for language, both in INVITATIONS.items() for text in both[which]]


def test_every_language_of_the_table_is_tested() -> None:
    assert set(INVITATIONS) == {entry.language for entry in LANGUAGES}
    assert all(both[0] and both[1] for both in INVITATIONS.values())


@pytest.mark.parametrize(("language", "text"), cases(0))
def test_an_invitation_goes(language: str, text: str) -> None:
    assert read(f"<p>{STORM}</p><p>{text}</p>").text == STORM
    assert (
        read(f"<p>{STORM}</p><p><strong><a href='https://n.example/x'>{text}</a></strong></p>").text == STORM
    )


@pytest.mark.parametrize(("language", "text"), cases(1))
def test_news_that_looks_like_one_stays(language: str, text: str) -> None:
    assert read(f"<p>{STORM}</p><p>{text}</p>").text == f"{STORM}\n{text}"
    assert read(f"<p>{STORM} {text}</p>").text == f"{STORM} {text}"


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
def test_other_forms_of_invitation(html: str) -> None:
    assert read(html).text == STORM


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{STORM}</p><p>Facebook, X and Instagram</p>",  # what three firms is the story about?
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
def test_where_unsure_it_stays(html: str) -> None:
    assert read(html).text == to_text(html)


@pytest.mark.parametrize(
    ("html", "text", "credited"),
    [
        (f"{STORM} | AGENCY, AFP", STORM, ("AGENCY", "AFP")),
        (f"<p>{STORM}</p><p>| ΑΠΕ-ΜΠΕ, ΑFP</p>", STORM, ("ΑΠΕ-ΜΠΕ", "AFP")),
        (f"{STORM} (Reuters) –", STORM, ("Reuters",)),
        (f"{STORM} (REUTERS)", STORM, ("Reuters",)),
        (f"{STORM} — AFP", STORM, ("AFP",)),
        (f"{STORM} © AFP", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>© 2024 AFP. All rights reserved. This material may not be published.</p>", STORM, ("AFP",)),
        (f"{STORM} dpa", STORM, ("dpa",)),
        (f"<p>{STORM}</p><p>Von dpa</p>", STORM, ("dpa",)),
        (f"<p>{STORM}</p><p><em>Mit Material von dpa und AFP</em></p>", STORM, ("dpa", "AFP")),
        (f"{STORM} (avec AFP)", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>Avec AFP et Reuters</p>", STORM, ("AFP", "Reuters")),
        (f"{STORM} (با AFP)", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>Fuente: Agencia EFE</p>", STORM, ("EFE",)),
        (f"<p>{STORM}</p><p>Πηγή: ΑΠΕ-ΜΠΕ</p>", STORM, ("ΑΠΕ-ΜΠΕ",)),
        (f"<p>{STORM}</p><p>/BGNES, AFP</p>", STORM, ("BGNES", "AFP")),
        (f"<p>{STORM}</p><p>AFP/jd</p>", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>The Associated Press contributed to this report.</p>", STORM, ("AP",)),
        (f"<p>By The Associated Press</p><p>{STORM}</p>", STORM, ("AP",)),
        (f"<p>{STORM}</p><p>AFP</p><p>Follow us on Google News</p>", STORM, ("AFP",)),
        ("港口因风暴关闭一天。（新华社）", "港口因风暴关闭一天。", ("Xinhua",)),
        ("港は嵐のあと一日閉鎖された。（共同）", "港は嵐のあと一日閉鎖された。", ("Kyodo",)),
        ("<p>항구가 하루 동안 폐쇄됐다.</p><p>출처: 연합뉴스</p>", "항구가 하루 동안 폐쇄됐다.", ("Yonhap",)),
        # datelines: the agency goes, the place stays
        (f"PARIS (Reuters) - {STORM}", f"PARIS - {STORM}", ("Reuters",)),
        (f"<p><b>PARIS, March 3 (AFP)</b> – {STORM}</p>", f"PARIS, March 3 – {STORM}", ("AFP",)),
        (f"Frankfurt am Main (dpa/lhe) - {STORM}", f"Frankfurt am Main - {STORM}", ("dpa",)),
        (f"(ANSA) - ROMA, 3 MAR - {STORM}", f"ROMA, 3 MAR - {STORM}", ("ANSA",)),
        (f"Madrid, 3 mar (EFE).- {STORM}", f"Madrid, 3 mar.- {STORM}", ("EFE",)),
        ("МОСКВА, 3 марта. /ТАСС/. Порт закрыт.", "МОСКВА, 3 марта. Порт закрыт.", ("TASS",)),
        ("МОСКВА, 3 мар — РИА Новости. Порт закрыт.", "МОСКВА, 3 мар. Порт закрыт.", ("RIA Novosti",)),
        ("【ロンドン共同】港は閉鎖された。", "港は閉鎖された。", ("Kyodo",)),
        ("新华社北京3月3日电 港口关闭一天。", "港口关闭一天。", ("Xinhua",)),
        ("(서울=연합뉴스) 항구가 폐쇄됐다.", "항구가 폐쇄됐다.", ("Yonhap",)),
        ("باريس (أ ف ب) - أغلق الميناء.", "باريس - أغلق الميناء.", ("AFP",)),
        (f"AFP - {STORM}", STORM, ("AFP",)),
        # both ends
        (f"<p>LONDON (Reuters) - {STORM}</p><p>{SHIPS} (AFP)</p>", f"LONDON - {STORM}\n{SHIPS}", ("AFP", "Reuters")),
    ],
)  # fmt: skip
def test_a_credit_becomes_data(html: str, text: str, credited: tuple[str, ...]) -> None:
    made = read(html)
    assert made.text == text
    assert made.credits == credited


@pytest.mark.parametrize(
    "text",
    [
        "The minister told AFP.",
        "MIAMI — The harbour was closed.",
        "She works for Reuters",
        "The oldest agency (AFP) - founded in 1835 - is French.",
        "Journalists (AFP) reported this.",
        "Reuters — the agency founded in 1851 — has a new owner.",
        "What does she read every morning? AFP",
        "The report was carried by dpa and Reuters.",
        "Prices rose in May (MAP)",
        "“They told me everything,” he said to Reuters",
        "The picture was taken by AFP",
        "Source: Office for National Statistics",
        "The committee met on Monday | SEE MAP",
        "He asked for one thing: TAP",
    ],
)
def test_a_sentence_that_names_an_agency_stays(text: str) -> None:
    for html in (text, f"<p>{STORM}</p><p>{text}</p>"):
        made = read(html)
        assert made.text == to_text(html)
        assert made.credits == ()


def test_an_answer_above_an_invitation_stays() -> None:
    assert read(f"<p>{STORM} Who paid?</p><p>Facebook</p><p>Follow us on Google News</p>").text.endswith(
        "\nFacebook"
    )


def test_a_list_of_agencies_stays() -> None:
    html = f"<p>{STORM} Three of them applied:</p><ul><li>Reuters</li><li>AFP</li></ul>"
    assert read(html).text == to_text(html)


def test_a_photographers_credit_stays_with_the_picture() -> None:
    html = f"<p>{STORM}</p><figure><img src='/a.jpg'><figcaption>© AFP</figcaption></figure>"
    assert read(html).html.endswith("<figcaption>© AFP</figcaption></figure>")


def test_a_picture_among_invitations_stays() -> None:
    made = read(f"<p>{STORM}</p><p><img src='/a.jpg'></p><p>Follow us on Google News</p>")
    assert made.html == f'<p>{STORM}</p><p><img src="https://n.example/a.jpg"></p>'


def test_every_spelling_of_an_agency_is_known() -> None:
    for name, others in AGENCIES.items():
        for spelling in (name, *others):
            assert name_of(spelling) == name_of(spelling.upper()) == name, spelling
    assert name_of("ΑFP") == name_of("АФП") == "AFP"
    assert name_of("The Lighthouse") == ""


def test_labels_and_posts() -> None:
    made = label("Read also: Ships return")
    assert made is not None
    assert made["title"] == "Ships return"
    assert posted("The post Ships return appeared first on The Lighthouse.") == "Ships return"
    assert posted("L’article Le port est apparu en premier sur Le Phare.") == "Le port"
    assert not invites("Follow the money.")


_LINES = st.sampled_from(
    [STORM, SHIPS, "Follow us on Google News", "Subscribe to our newsletter", "AFP", "| dpa, AFP", "Facebook", "Read more", "Also read: x",
     "The minister told AFP.", "Suivez-nous sur Facebook", "© Reuters", "PARIS (Reuters) - Rain.", "关注我们", "「フォロー」", '"Follow us on X"', "…"]
)  # fmt: skip


@given(st.lists(_LINES, min_size=1, max_size=14))
def test_only_lines_at_the_end_go_and_never_all(lines: list[str]) -> None:
    html = "".join(f"<p>{line}</p>" for line in lines)
    made = read(html, title="").text.split("\n")
    assert any(char.isalnum() for char in "".join(made)) or not any(char.isalnum() for char in "".join(lines))
    news = [line for line in lines if line in {STORM, SHIPS, "The minister told AFP."}]
    # A repeated lead is another test's business.
    assert set(news) <= set(made)
    assert len(lines) - len(made) <= MAX_LINES + 1 + len(lines) - len(set(lines))


@given(st.text(max_size=200), st.text(max_size=100))
def test_any_text_survives(one: str, other: str) -> None:
    read(f"<p>{one}</p><p>{other}</p>")


_BOUNDS = re.compile(r"(?<=[.!?…؟])\s+|(?<=[。！？।])\s*")


@pytest.mark.parametrize("listed", ["{}", "{}/jd.", "NORTHWIRE, {}", "{} and NORTHWIRE"])
def test_every_spelling_is_found_in_a_list(listed: str) -> None:
    for name, others in AGENCIES.items():
        for spelling in (name, *others):
            for written in (spelling, spelling.upper()):
                assert name in names_in(listed.format(written), apart=True), written
    assert names_in(listed.format("DAILY HARBOUR"), apart=True) == ()


@given(st.lists(st.sampled_from([". ", "。", "!", "a b ", "\n \t", " " * 60, "x" * 120])).map("".join))
def test_the_last_sentences_are_found_without_looking_at_all(raw: str) -> None:
    bounds = [match.end() for match in _BOUNDS.finditer(raw.rstrip())][-3:]
    assert last_sentences(raw) == [start for start in bounds if len(raw) - start <= MAX_LINE]
    assert [one for one in map(str.strip, sentences(raw)) if one] == [
        one for one in map(str.strip, _BOUNDS.split(raw)) if one
    ]


@pytest.mark.parametrize("entry", LANGUAGES, ids=lambda entry: entry.language)
def test_what_opens_a_language_keeps_none_of_its_invitations_out(entry: Invitations) -> None:
    door = next(door for door, other in _doors() if other is entry)
    lines = [_written(line.strip()) for line in entry.whole.splitlines() if line.strip()]

    @given(st.one_of([st.from_regex(re.compile(line, re.I), fullmatch=True) for line in lines]))
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    def opens(sentence: str) -> None:
        assert door.search(sentence)
        assert may_invite(sentence)

    opens()

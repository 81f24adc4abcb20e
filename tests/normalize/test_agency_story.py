"""Agency stories as outlets print them: credits below and above invitations, in many languages. All texts are invented."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.normalize.clean_body import clean_body, to_text
from tests.shared import SHARED_DIR

STORM = "The harbour was closed for a day after the storm, the council said."
BG = "Пристанището беше затворено за един ден след бурята, съобщи общината."
EL = "Το λιμάνι έκλεισε για μία ημέρα μετά την καταιγίδα, ανακοίνωσε ο δήμος."
TR = "Liman fırtınanın ardından bir gün kapatıldı, belediye açıkladı."
AR = "أغلق الميناء يوما واحدا بعد العاصفة، بحسب ما أعلن المجلس البلدي."
JA = "港は嵐のあと一日閉鎖されたと市が発表した。"
ZH = "港口在风暴后关闭了一天，市政府表示。"
KO = "항구가 폭풍 후 하루 동안 폐쇄됐다고 시가 밝혔다."
HI = "तूफान के बाद बंदरगाह एक दिन के लिए बंद रहा।"
TH = "ท่าเรือปิดหนึ่งวันหลังพายุ เทศบาลกล่าว"
RU = "Порт был закрыт на сутки после шторма, сообщили в мэрии."
LEAD_TWICE = SHARED_DIR / "cases" / "dedupe" / "lead-twice-behind-a-stamp.jsonl"


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


@pytest.mark.parametrize(
    ("lines", "text", "credited"),
    [
        # an invitation below the credit, with the word of a button behind it
        ((f"{STORM} | NORTHWIRE, AFP", "Follow us also on Google News Showcase"), STORM, ("NORTHWIRE", "AFP")),
        ((f"{STORM} | NORTHWIRE, AFP", "Follow us also on Google News Showcase ЗА ДА ПРОДЪЛЖИ"), STORM, ("NORTHWIRE", "AFP")),
        ((STORM, "Avec AFP", "Suivez-nous aussi sur Google Actualités Suivre"), STORM, ("AFP",)),
        ((STORM, "Con información de EFE y AP", "Síguenos en Google News Seguir"), STORM, ("EFE", "AP")),
        ((f"{BG} | BGNES, AFP", "Последвайте ни и в Google News Showcase FOLLOW"), BG, ("BGNES", "AFP")),
        ((f"{BG} /БТА/", "Последвайте ни и в Google News Showcase, за да получавате още новини.", "FOLLOW"), BG, ("BTA",)),
        ((f"{EL} | ΑΠΕ-ΜΠΕ, AFP", "Ακολουθήστε μας και στο Google News FOLLOW"), EL, ("ΑΠΕ-ΜΠΕ", "AFP")),
        ((f"{TR} (AA)", "Google News'te takip et"), TR, ("Anadolu",)),
        ((f"{TR} | AA, DHA", "Bizi Google News'ten takip edin TAKİP ET"), TR, ("Anadolu", "DHA")),
        ((f"{AR} (أ ف ب)", "تابعوا الميناء اليوم على أخبار جوجل"), AR, ("AFP",)),
        ((f"{AR} (واس)", "تابعوا آخر الأخبار عبر Google News Follow"), AR, ("SPA",)),
        ((f"{JA}（共同）", "Googleニュースでフォローする"), JA, ("Kyodo",)),
        ((f"{JA}（ＡＦＰ時事）", "Google ニュースでフォローする Follow"), JA, ("AFP",)),
        ((f"{ZH}（新华社）", "关注我们 Follow"), ZH, ("Xinhua",)),
        ((f"{HI} | एएनआई, एपी", "Google News पर फॉलो करें Follow"), HI, ("ANI", "AP")),
        ((f"{TH} (เอพี)", "ติดตามเราบน Google News"), TH, ("AP",)),
        ((f"{RU} /ТАСС/", "Подписывайтесь на нас в Telegram ПОДПИСАТЬСЯ"), RU, ("TASS",)),
        # names that end with a vowel sign
        ((HI, "एपी"), HI, ("AP",)),
        ((HI, "–आईएएनएस", "xyz/abc"), HI, ("IANS",)),
        ((TH, "ที่มา: รอยเตอร์, เอพี"), TH, ("Reuters", "AP")),
        ((f"नई दिल्ली, 3 मार्च (आईएएनएस)। {HI}",), f"नई दिल्ली, 3 मार्च। {HI}", ("IANS",)),
        # words and marks of credits
        ((f"{STORM} (With inputs from PTI)",), STORM, ("PTI",)),
        ((STORM, "(With inputs from PTI and ANI)", "Follow us on WhatsApp"), STORM, ("PTI", "ANI")),
        ((STORM, "(With PTI inputs)"), STORM, ("PTI",)),
        ((STORM, "© dpa-infocom, dpa:261129-930-123456/1"), STORM, ("dpa",)),
        ((f"{STORM} © dpa-infocom, dpa:261129-930-123456/2",), STORM, ("dpa",)),
        ((STORM, "dpa:261129-930-123456/1"), STORM, ("dpa",)),
        ((STORM, "Quelle: ntv.de, abc/dpa/AFP"), STORM, ("ntv.de", "dpa", "AFP")),
        ((KO, "ⓒ 연합뉴스, 무단 전재-재배포 금지"), KO, ("Yonhap",)),
        ((KO, "&lt;저작권자(c) 연합뉴스, 무단 전재-재배포, AI 학습 및 활용 금지&gt;"), KO, ("Yonhap",)),
        ((STORM, "RIPRODUZIONE RISERVATA © Copyright ANSA"), STORM, ("ANSA",)),
        ((STORM, "Copyright © ANTARA 2026"), STORM, ("Antara",)),
        ((STORM, "/ritzau/AFP"), STORM, ("Ritzau", "AFP")),
        ((STORM, "Lusa/Fim"), STORM, ("Lusa",)),
        ((STORM, "(TTXVN/Vietnam+)"), STORM, ("VNA",)),
        ((STORM, "Zdroje: ČTK, Reuters"), STORM, ("ČTK", "Reuters")),
        ((STORM, "Forrás: MTI"), STORM, ("MTI",)),
        ((STORM, "Bron: Belga"), STORM, ("Belga",)),
        ((STORM, "Lähde: STT"), STORM, ("STT",)),
        # datelines
        ((f"[서울=뉴시스] 홍길동 기자 = {KO}",), f"홍길동 기자 = {KO}", ("Newsis",)),
        ((f"［東京　３日　ロイター］ - {JA}",), JA, ("Reuters",)),
        ((f"【3月3日 AFP】{JA}",), JA, ("AFP",)),
        ((f"（時事通信）{JA}",), JA, ("Jiji Press",)),
        # lines that are not known do not hide a credit above them
        ((f"{STORM} | NORTHWIRE, AFP", "Some unknown last line"), f"{STORM}\nSome unknown last line", ("NORTHWIRE", "AFP")),
        ((f"{STORM} (Reuters)", "Photo: a ship", "harbour, storm"), f"{STORM}\nPhoto: a ship\nharbour, storm", ("Reuters",)),
        ((STORM, "Source: Xinhua", "Editor: huaxia"), f"{STORM}\nEditor: huaxia", ("Xinhua",)),
        ((f"{ZH}", "来源：新华社", "责任编辑：李四"), f"{ZH}\n责任编辑：李四", ("Xinhua",)),
    ],
)  # fmt: skip
def test_the_credits_of_an_agency_story_are_found(
    lines: tuple[str, ...], text: str, credited: tuple[str, ...]
) -> None:
    cleaned = clean_body(paragraphs(*lines))
    assert (cleaned.text, cleaned.credits) == (text, credited)


@pytest.mark.parametrize(
    "lines",
    [
        (STORM, "Follow us on Facebook was his only post."),
        (STORM, "Share the bread on Sunday."),
        (STORM, "Now follow the path until you find us on the hill."),
        (STORM, "“A triumph.” — AP", "Tickets are sold at the gate."),
        (STORM, "He was replaced by his brother (John)."),
        (STORM, "The bill was signed by the minister (Petra)."),
        (STORM, "Source: the harbour office, AFP reported."),
        ("Five agencies applied.", "AP", "Reuters", "The council will decide in May."),
        (f"{STORM} (AFP)", 2 * f"{STORM} {STORM} " + STORM),  # a credit in the middle of a text
        ("Who owns it? Three agencies.", "(AFP)", "(Reuters)", "The fourth sold its share."),
        ("Input: Reuters", "Output: 12"),
        ("The wires: abc/def", "ab/cd"),
        ("The book is out.", "Copyright 2026 Jane Doe. All rights reserved."),
        ("Stir the flour into the milk.", "Source: grandmother"),
        ("버스가 왔다.", "저작권자에게 묻는다."),
        ("ผู้จัดการกล่าวกับเอพี",),
        ("กรมเจ้าท่ากล่าว (กทม.)",),
        ("（市長）港は閉鎖された。",),
        ("市長はグーグルニュースをフォローする市民に感謝した。",),
        ("Liman kapandı.", "Gelişmeleri takip et dedi başkan."),
        ("الميناء مغلق.", "تابعوا العاصفة من نوافذهم في الميناء."),
        ("Пристанището е затворено.", "Следете ни в гората, каза водачът."),
        ("AFP opens an office.", "It employs 2,400 people (AFP has never said how many of them write)."),
    ],
)
def test_sentences_with_the_same_words_stay(lines: tuple[str, ...]) -> None:
    html = paragraphs(*lines)
    cleaned = clean_body(html)
    assert (cleaned.text, cleaned.credits) == (to_text(html), ())


@pytest.mark.skipif(not LEAD_TWICE.is_file(), reason="needs ../shared/cases")
def test_a_lead_behind_a_stamp_stays_once() -> None:
    for line in LEAD_TWICE.read_text("utf-8").splitlines():
        case = json.loads(line)
        lead = to_text(case["html"]).split("\n")[-2]
        assert clean_body(case["html"]).text.split("\n").count(lead) == case["lead_printed"], case["id"]


def test_the_order_of_agency_names_is_the_same_in_every_process() -> None:
    script = "from feeds.normalize.credits.agencies import AGENCY_NAME; print(ascii(AGENCY_NAME))"
    patterns = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(patterns) == 1

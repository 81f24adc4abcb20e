"""Names of time zones → minutes east of Greenwich. A table.

RFC 822 §5 gives the American ones and UT; the rest is what feeds of those regions write. Where two zones
share a name, the one with the more feeds stands: IST is India's, CST, EST and MST America's, BST Britain's.
"""

from __future__ import annotations


def _at(hours: float, names: str) -> dict[str, int]:
    return dict.fromkeys(names.split(), round(hours * 60))


ZONES: dict[str, int] = {
    **_at(0, "UT UTC GMT Z WET AZOST GMT0 UCT"),
    **_at(1, "CET MEZ WEST BST WAT MET"),
    **_at(2, "CEST MESZ EET CAT SAST MEST IDT"),
    **_at(3, "EEST MSK TRT EAT"),
    **_at(3.5, "IRST"),
    **_at(4, "MSD GST SAMT AZT GET"),
    **_at(4.5, "AFT IRDT"),
    **_at(5, "PKT UZT YEKT TJT"),
    **_at(5.5, "IST SLST"),
    **_at(5.75, "NPT"),
    **_at(6, "BDT OMST ALMT BTT"),
    **_at(6.5, "MMT"),
    **_at(7, "ICT WIB KRAT NOVT"),
    **_at(8, "HKT SGT MYT PHT AWST WITA IRKT"),
    **_at(9, "JST KST WIT YAKT"),
    **_at(9.5, "ACST"),
    **_at(10, "AEST VLAT ChST"),
    **_at(10.5, "ACDT"),
    **_at(11, "AEDT SBT MAGT"),
    **_at(12, "NZST FJT PETT"),
    **_at(13, "NZDT TOT"),
    **_at(-1, "AZOT CVT"),
    **_at(-2, "FNT"),
    **_at(-2.5, "NDT"),
    **_at(-3, "ADT ART BRT UYT CLST"),
    **_at(-3.5, "NST"),
    **_at(-4, "AST EDT CLT VET BOT PYT AMT"),
    **_at(-5, "EST CDT COT PET ECT"),
    **_at(-6, "CST MDT"),
    **_at(-7, "MST PDT"),
    **_at(-8, "PST AKDT"),
    **_at(-9, "AKST HADT"),
    **_at(-10, "HST HAST"),
}

# Three letters of a month's name, in the languages that feeds write it in against RFC 822
MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene gen янв oca sty ιαν",
            "feb fév fev févr феб фев şub lut φεβ",
            "mar mär mars mrz мар мар mrt μαρ",
            "apr avr avril abr апр nis kwi απρ",
            "may mai mag maj mei май мая μαϊ μαι",
            "jun juin giu июн haz cze ιουν",
            "jul juil lug июл tem lip ιουλ",
            "aug août aou ago авг ağu sie αυγ",
            "sep sept set сен сент eyl wrz σεπ",
            "oct okt ott out окт eki paź οκτ",
            "nov ноя kas lis νοε",
            "dec dez déc dic дек ara gru δεκ",
        ),
        start=1,
    )
    for name in names.split()
}

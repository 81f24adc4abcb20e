"""Tables of the names in dates: time zones and months.

RFC 822 §5 defines the American zones and UT; the others are in use in feeds of their regions. If two zones share a
name, the one with more feeds is listed: IST is India's; CST, EST and MST are America's; BST is Britain's.
"""

from __future__ import annotations


def _zones(hours: float, names: str) -> dict[str, int]:
    return dict.fromkeys(names.split(), round(hours * 60))


# Zone name in capitals → minutes east of Greenwich
ZONES: dict[str, int] = {
    **_zones(0, "UT UTC GMT Z WET AZOST UCT"),
    **_zones(1, "CET MEZ WEST BST WAT MET"),
    **_zones(2, "CEST MESZ EET CAT SAST MEST IDT"),
    **_zones(3, "EEST MSK TRT EAT"),
    **_zones(3.5, "IRST"),
    **_zones(4, "MSD GST SAMT AZT GET"),
    **_zones(4.5, "AFT IRDT"),
    **_zones(5, "PKT UZT YEKT TJT"),
    **_zones(5.5, "IST SLST"),
    **_zones(5.75, "NPT"),
    **_zones(6, "BDT OMST ALMT BTT"),
    **_zones(6.5, "MMT"),
    **_zones(7, "ICT WIB KRAT NOVT"),
    **_zones(8, "HKT SGT MYT PHT AWST WITA IRKT"),
    **_zones(9, "JST KST WIT YAKT"),
    **_zones(9.5, "ACST"),
    **_zones(10, "AEST VLAT CHST"),
    **_zones(10.5, "ACDT"),
    **_zones(11, "AEDT SBT MAGT"),
    **_zones(12, "NZST FJT PETT"),
    **_zones(13, "NZDT TOT"),
    **_zones(-1, "AZOT CVT"),
    **_zones(-2, "FNT"),
    **_zones(-2.5, "NDT"),
    **_zones(-3, "ADT ART BRT UYT CLST"),
    **_zones(-3.5, "NST"),
    **_zones(-4, "AST EDT CLT VET BOT PYT AMT"),
    **_zones(-5, "EST CDT COT PET ECT"),
    **_zones(-6, "CST MDT"),
    **_zones(-7, "MST PDT"),
    **_zones(-8, "PST AKDT"),
    **_zones(-9, "AKST HADT"),
    **_zones(-10, "HST HAST"),
}

# First letters of a month's name → number. RFC 822 allows English only, feeds use many languages.
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

"""The table of the names of time zones in dates.

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
    **_zones(2, "CEST MESZ CEDT EET CAT SAST MEST IDT"),
    **_zones(3, "EEST EEDT MSK МСК TRT EAT"),
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
    **_zones(-2, "FNT BRST"),
    **_zones(-2.5, "NDT"),
    **_zones(-3, "ADT HAA ART BRT UYT CLST"),
    **_zones(-3.5, "NST"),
    **_zones(-4, "AST EDT HNA HAE CLT VET BOT PYT AMT"),
    **_zones(-5, "EST CDT HNE HAC COT PET ECT"),
    **_zones(-6, "CST MDT HNC HAR"),
    **_zones(-7, "MST PDT HNR HAP"),
    **_zones(-8, "PST AKDT HNP"),
    **_zones(-9, "AKST HDT HADT"),
    **_zones(-10, "HST HAST"),
}

# US zones without "standard" or "daylight": the date decides.
LOCAL_ZONES: dict[str, str] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

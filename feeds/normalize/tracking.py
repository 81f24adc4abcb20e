"""Tables of known tracking: URL parameters and redirectors. Each parameter is listed with its owner.

A parameter is listed for all hosts only if it is used for nothing but tracking. One that may also select content
(`ref`, `source`, `s`) is listed with the hosts on which it only tracks.
"""

from __future__ import annotations

import re

# Prefixes of parameter names, each with its owner
PARAMETER_PREFIXES = (
    "utm_",  # Google Analytics, copied by others
    "hsa_",  # HubSpot ads
    "_hs",  # HubSpot e-mail: _hsenc, _hsmi
    "__hs",  # HubSpot: __hstc, __hssc, __hsfp
    "mtm_",  # Matomo
    "pk_",  # Piwik
    "piwik_",  # Piwik
    "at_",  # AT Internet, as the BBC and French papers use it: at_medium, at_campaign
    "ns_",  # comScore: ns_mchannel, ns_campaign (BBC, before at_)
    "vero_",  # Vero
    "oly_",  # Omeda: oly_enc_id, oly_anon_id
    "trk_",  # mail senders
    "stm_",  # Storm
    "int_cmp",  # Adobe, internal campaigns
    "fb_action_",  # Facebook
    "wt_",  # Webtrekk: wt_mc, wt_zmc
    "xtor",  # AT Internet, before at_
    "guce_",  # Yahoo's consent page
    "amp_",  # AMP analytics of the sharing reader
)

# Parameter names, each with its owner
PARAMETER_NAMES = frozenset(
    {
        "fbclid",  # Facebook
        "igshid", "igsh",  # Instagram
        "gclid", "gclsrc", "gbraid", "wbraid", "gad_source", "gad_campaignid",  # Google Ads
        "dclid",  # Google Display
        "srsltid",  # Google Merchant
        "_ga", "_gl",  # Google Analytics
        "msclkid",  # Microsoft Ads
        "mc_cid", "mc_eid",  # Mailchimp
        "mkt_tok",  # Marketo
        "yclid", "ysclid",  # Yandex
        "_openstat",  # Openstat
        "twclid",  # X
        "ttclid",  # TikTok
        "li_fat_id",  # LinkedIn
        "epik",  # Pinterest
        "rdt_cid",  # Reddit
        "sccid",  # Snapchat
        "wickedid",  # Wicked Reports
        "irclickid",  # Impact
        "cjevent",  # CJ
        "ncid",  # AOL
        "s_kwcid", "ef_id",  # Adobe
        "s_cid",  # Adobe Analytics
        "icid",  # Adobe, internal campaigns
        "cmp",  # campaign, as the Guardian has it
        "cmpid", "cmp_id", "campaign_id", "cid_source", "sc_cid",  # campaign
        "ftag",  # CBS
        "tag_rss", "mod_rss", "rss_source",  # RSS
        "intcid", "mbid",  # Condé Nast
        "smid",  # New York Times, shared from
        "smtyp",  # New York Times
        "ocid",  # MSN, BBC
        "spm",  # Alibaba
        "sr_share",  # SimpleReach
        "soc_src", "soc_trk",  # Yahoo
        "nr_email_referer",  # newsletters
        "wpisrc", "wprss",  # Washington Post
        "_branch_match_id",  # Branch
        "echobox",  # Echobox
        "ito",  # Daily Mail
        "taid",  # social desks
        "traffic_source", "feedname", "feedtype", "partner_rss",  # syndication
        "obref", "dicbo",  # Outbrain
        "tblci",  # Taboola
        "tduid",  # Tradedoubler
        "phpsessid", "jsessionid",  # a visit, not a page
    }
)  # fmt: skip

# Host and its subdomains → names of parameters that only track there
PARAMETERS_BY_HOST: dict[str, frozenset[str]] = {
    "youtube.com": frozenset({"si", "feature", "pp", "ab_channel"}),
    "youtu.be": frozenset({"si", "feature"}),
    "spotify.com": frozenset({"si"}),
    "twitter.com": frozenset({"s", "t", "ref_src", "ref_url"}),
    "x.com": frozenset({"s", "t", "ref_src", "ref_url"}),
    "instagram.com": frozenset({"hl"}),
    "facebook.com": frozenset({"mibextid", "__tn__", "__xts__", "ref", "fref", "rdid"}),
    "reddit.com": frozenset({"ref", "ref_source", "rdt", "share_id"}),
    "medium.com": frozenset({"source"}),
    "news.google.com": frozenset({"oc", "hl", "gl", "ceid"}),
    "nytimes.com": frozenset({"partner", "emc", "rss"}),
    "theguardian.com": frozenset({"ref"}),
    "spiegel.de": frozenset({"ref"}),
    "lemonde.fr": frozenset({"ref"}),
    "bloomberg.com": frozenset({"srnd", "sref"}),
    "reuters.com": frozenset({"feedtype", "feedname", "rpc"}),
    "aliexpress.com": frozenset({"aff_fcid", "aff_fsk", "algo_pvid"}),
    "amazon.com": frozenset({"ref", "ref_", "tag", "linkcode", "ascsubtag"}),
    "linkedin.com": frozenset({"trk", "trackingid", "lipi"}),
    "substack.com": frozenset({"r", "publication_id", "post_id", "isfreemail", "triedredirect"}),
    "blogspot.com": frozenset({"m"}),  # the mobile layout of the same post
}

# Parameters that name the referrer. They are removed only if the value says that it is a feed.
REFERRER_NAMES = frozenset(
    {"ref", "source", "src", "from", "partner", "via", "origin", "cid", "xtref", "medium"}
)
REFERRER_FEED_VALUE = re.compile(r"(?:rss|feed|atom|newsfeed|rssfeed)(?:[-_.].*)?$", re.I)

# Fragments that only track: `#xtor=RSS-16`, `#utm_source=…`, `#ref=rss`, `#tk.rss_all`
TRACKING_FRAGMENT = re.compile(
    r"(?:xtor|utm_\w+|at_\w+|ref|ftag|intcid|wt_mc|echobox|Echobox)=|tk\.rss|:~:", re.I
)

# Host → path → parameters that hold the target URL. Only for paths that do nothing but redirect.
REDIRECTORS: dict[str, dict[str, tuple[str, ...]]] = {
    "facebook.com": {"/l.php": ("u",)},
    "l.facebook.com": {"/l.php": ("u",)},
    "lm.facebook.com": {"/l.php": ("u",)},
    "l.instagram.com": {"/": ("u",)},
    "youtube.com": {"/redirect": ("q",)},
    "vk.com": {"/away.php": ("to",)},
    "duckduckgo.com": {"/l/": ("uddg",)},
    "slack-redir.net": {"/link": ("url",)},
    "getpocket.com": {"/redirect": ("url",)},
    "steamcommunity.com": {"/linkfilter/": ("url", "u")},
    "l.messenger.com": {"/l.php": ("u",)},
    "exit.sc": {"/": ("url",)},
}
GOOGLE_HOST = re.compile(r"google\.[a-z]{2,3}(?:\.[a-z]{2})?")  # /url?q=, /url?url=, /amp/s/

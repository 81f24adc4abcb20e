"""Tables of the words in dates: months, weekdays, eras, and words that say nothing.

Only texts that are neither RFC 5322 nor RFC 3339 need them.

The months are those of the Unicode CLDR, in the nominative and in the genitive. "listopad" and "lip" are November and
July in Polish, and October and June in Croatian, which has fewer feeds.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from itertools import islice, takewhile


def fold(text: str) -> str:
    """The text in lower case. Letters of scripts that can do without their accents lose them."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    # After U+0700 the combining characters are the vowels of Indic scripts and of Thai.
    letters = (char for char in parts if char >= "\u0700" or not unicodedata.combining(char))
    return unicodedata.normalize("NFC", "".join(letters))


# January to December. Abbreviations are the beginnings of these names; only other abbreviations are listed.
# "_" is a space.
MONTH_NAMES: tuple[str, ...] = (
    (
        "january januar jänner janvier enero janeiro "
        "gennaio januari tammikuuta tammikuu jaanuar janvāris sausio "
        "sausis stycznia styczeń ledna leden januára ianuarie "
        "eanáir jannar januaro siječnja siječanj јануар януари јануари "
        "января январь січня січень студзеня студзень ιανουαρίου ιανουάριος ocak yanvar janar gener xaneiro "
        "urtarrila ionawr januarie يناير كانون_الثاني جانفي "
        "ژانویه ינואר जनवरी जानेवारी জানুয়ারি জানুয়ারী جنوری "
        "ஜனவரி జనవరి ಜನವರಿ ജനുവരി જાન્યુઆરી ਜਨਵਰੀ มกราคม იანვარი հունվարի հունվար қаңтар 一月 "
        "ජනවාරි មករា ဇန်နဝါရီ ມັງກອນ "
        "tháng_một जन ஜன జన ಜನ ਜਨ "
        "มค հնվ"
    ),
    (
        "february februar février febrero fevereiro febbraio februari helmikuuta helmikuu veebruar "
        "febuary feber februāris vasario vasaris lutego luty února "
        "únor feabhra frar februaro februára februarie veljače veljača фебруар "
        "февруари февраля февраль лютого лютий лютага люты φεβρουαρίου φεβρουάριος şubat fevral shkurt "
        "febrer febreiro otsaila chwefror pebrero فبراير شباط فيفري فوریه פברואר फ़रवरी फेब्रुवारी "
        "ফেব্রুয়ারি ফেব্রুয়ারী فروری பிப்ரவரி ఫిబ్రవరి "
        "ಫೆಬ್ರವರಿ ഫെബ്രുവരി ફેબ્રુઆરી ਫ਼ਰਵਰੀ फेब्रुअरी กุมภาพันธ์ "
        "თებერვალი փետրվարի փետրվար ақпан 二月 "
        "පෙබරවාරි កុម្ភៈ ဖေဖော်ဝါရီ ກຸມພາ "
        "tháng_hai กพ փտվ"
    ),
    (
        "march märz mrz mars marzo março maart marts maaliskuuta "
        "maaliskuu kovo kovas marca márta marzu mäerz marto marzec března "
        "březen marec március martie ožujka ožujak mart март марта березня березень сакавіка сакавік "
        "μαρτίου μάρτιος març martxoa mawrth maret mac marso machi مارس آذار מרץ मार्च মার্চ مارچ மார்ச் "
        "మార్చి ಮಾರ್ಚ್ മാർച്ച് માર્ચ ਮਾਰਚ มีนาคม მარტი մարտի մարտ наурыз 三月 "
        "මාර්තු មីនា မတ် ມີນາ "
        "tháng_ba mar mrt มีค մրտ"
    ),
    (
        "april avril abril aprile huhtikuuta aibreán abrëll "
        "aprilo huhtikuu aprill aprīlis balandžio balandis kwietnia kwiecień "
        "dubna duben apríla aprilie travnja travanj април апреля апрель квітня квітень красавіка красавік "
        "απριλίου απρίλιος nisan aprel prill apirila ebrill aprili أبريل نيسان أفريل آوریل אפריל अप्रैल "
        "एप्रिल এপ্রিল اپریل ஏப்ரல் ఏప్రిల్ ಏಪ್ರಿಲ್ ഏപ്രിൽ એપ્રિલ ਅਪ੍ਰੈਲ अप्रिल เมษายน აპრილი ապրիլի ապրիլ "
        "сәуір 四月 "
        "අප්‍රේල් មេសា ဧပြီ ເມສາ "
        "tháng_tư เมย"
    ),
    (
        "may mai mayo maio maggio mei maj bealtaine mejju "
        "majo toukokuuta toukokuu maijs gegužės gegužė maja května květen május "
        "svibnja svibanj мај май мая травня травень μαΐου μάιος mayıs maig maiatza مايو أيار ماي مه מאי मई "
        "मे মে مئی மே మే ಮೇ മേയ് મે ਮਈ พฤษภาคม მაისი մայիսի մայիս мамыр 五月 "
        "මැයි ឧសភា မေ ພຶດສະພາ "
        "tháng_năm مه मई मे মে மே మే ಮೇ મે ਮਈ พค "
        "մյս"
    ),
    (
        "june juni juin junio junho giugno kesäkuuta meitheamh "
        "ġunju junio kesäkuu juuni jūnijs birželio birželis czerwca "
        "czerwiec června čen červen júna jún június iunie lipnja lipanj јун junij юни јуни июня июнь червня "
        "червень чэрвеня чэрвень ιουνίου ιούνιος haziran iyun qershor juny xuño ekaina mehefin hunyo junie "
        "يونيو حزيران جوان ژوئن יוני जून জুন جون ஜூன் జూన్ ಜೂನ್ ജൂൺ જૂન ਜੂਨ जुन มิถุนายน ივნისი հունիսի "
        "հունիս маусым 六月 "
        "ජූනි មិថុនា ဇွန် ມິຖຸນາ "
        "tháng_sáu čvn iyn มิย հնս"
    ),
    (
        "july juli juillet julio julho luglio heinäkuuta iúil "
        "lulju heinäkuu juuli jūlijs liepos liepa lipca lipiec "
        "července čec červenec júla júl július iulie srpnja srpanj јул julij юли јули июля июль липня липень "
        "ліпеня ліпень ιουλίου ιούλιος temmuz iyul korrik juliol xullo uztaila gorffennaf julai hulyo julie "
        "يوليو تموز جويلية يوليوز ژوئیه יולי जुलाई जुलै জুলাই جولائی ஜூலை జులై ಜುಲೈ ജൂലൈ જુલાઈ ਜੁਲਾਈ "
        "กรกฎาคม ივლისი հուլիսի հուլիս шілде 七月 "
        "ජූලි កក្កដា ဇူလိုင် ກໍລະກົດ "
        "tháng_bảy lip čvc iyl กค հլս"
    ),
    (
        "august août agosto augustus augusti lúnasa awwissu "
        "aŭgusto elokuuta elokuu ágúst augusts rugpjūčio rugpjūtis sierpnia "
        "sierpień srpna srpen augusta augusztus kolovoza kolovoz август avgust августа серпня серпень "
        "жніўня жнівень αυγούστου αύγουστος ağustos avqust gusht agost abuztua awst agustus ogos agosti "
        "أغسطس آب أوت غشت אוגוסט अगस्त ऑगस्ट আগস্ট اگست ஆகஸ்ட் ఆగస్టు ಆಗಸ್ಟ್ ഓഗസ്റ്റ് ઑગસ્ટ ਅਗਸਤ अगस्ट "
        "สิงหาคม აგვისტო օգոստոսի օգոստոս тамыз 八月 "
        "අගෝස්තු សីហា ဩဂုတ် ສິງຫາ "
        "tháng_tám آب अग ऑग আগ ஆக ఆగ ಆಗ ഓഗ ਅਗ สค օգս"
    ),
    (
        "september septembre septiembre setiembre setembro settembre meán_fómhair "
        "settembru septembro syyskuuta syyskuu septembris rugsėjo rugsėjis "
        "września wrzesień září septembra szeptember septembrie rujna rujan septembar септембар септември "
        "сентября сентябрь вересня вересень верасня верасень σεπτεμβρίου σεπτέμβριος eylül sentyabr shtator "
        "setembre iraila medi setyembre septiyembre septemba سبتمبر أيلول شتنبر سپتامبر ספטמבר सितंबर सप्टेंबर "
        "সেপ্টেম্বর ستمبر செப்டம்பர் సెప్టెంబర్ ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റംബർ સપ્ટેમ્બર ਸਤੰਬਰ सेप्टेम्बर กันยายน "
        "სექტემბერი սեպտեմբերի սեպտեմբեր қыркүйек sentabr 九月 "
        "සැප්තැම්බර් កញ្ញា စက်တင်ဘာ ກັນຍາ "
        "tháng_chín กย"
    ),
    (
        "october oktober octobre octubre outubro ottobre deireadh_fómhair "
        "ottubru oktobro lokakuuta lokakuu oktoober oktobris spalio spalis "
        "października październik října říjen októbra octombrie oktobar октобар октомври октября октябрь "
        "жовтня жовтень кастрычніка кастрычнік οκτωβρίου οκτώβριος ekim oktyabr tetor urria hydref oktubre "
        "oktoba أكتوبر تشرين_الأول اکتبر اكتبر אוקטובר अक्टूबर "
        "अक्तूबर ऑक्टोबर অক্টোবর اکتوبر அக்டோபர் అక్టోబర్ ಅಕ್ಟೋಬರ್ "
        "ഒക്ടോബർ ઑક્ટોબર ਅਕਤੂਬਰ अक्टोबर ตุลาคม ოქტომბერი հոկտեմբերի հոկտեմբեր қазан oktabr 十月 "
        "ඔක්තෝබර් តុលា အောက်တိုဘာ ຕຸລາ "
        "tháng_mười ตค"
    ),
    (
        "november novembre noviembre novembro samhain novembru "
        "marraskuuta marraskuu novembris lapkričio lapkritis listopada "
        "listopad listopadu novembra noiembrie studenoga studeni novembar новембар ноември ноября ноябрь "
        "листопада листопад лістапада лістапад νοεμβρίου νοέμβριος kasım noyabr nëntor azaroa tachwedd "
        "nobyembre nobiyembre novemba نوفمبر تشرين_الثاني نونبر "
        "نوامبر נובמבר नवंबर नोव्हेंबर নভেম্বর نومبر நவம்பர் "
        "నవంబర్ ನವೆಂಬರ್ നവംബർ નવેમ્બર ਨਵੰਬਰ नोभेम्बर พฤศจิกายน ნოემბერი նոյեմբերի նոյեմբեր қараша 十一月 "
        "නොවැම්බර් វិច្ឆិកា နိုဝင်ဘာ ພະຈິກ "
        "tháng_mười_một नव நவ "
        "พย"
    ),
    (
        "december dezember décembre diciembre dezembro dicembre desember "
        "desembre nollaig diċembru decembro joulukuuta joulukuu detsember "
        "decembris gruodžio gruodis grudnia grudzień prosince prosinec decembra decembrie prosinca prosinac "
        "decembar децембар декември декабря декабрь грудня грудень снежня снежань δεκεμβρίου δεκέμβριος "
        "aralık dekabr dhjetor decembro abendua rhagfyr disember disyembre desemba ديسمبر كانون_الأول دجنبر "
        "دسامبر דצמבר दिसंबर डिसेंबर ডিসেম্বর دسمبر டிசம்பர் డిసెంబర్ ಡಿಸೆಂಬರ್ ഡിസംബർ ડિસેમ્બર ਦਸੰਬਰ "
        "डिसेम्बर ธันวาคม დეკემბერი դեկտեմբերի դեկտեմբեր желтоқсан 十二月 "
        "දෙසැම්බර් ធ្នូ ဒီဇင်ဘာ ທັນວາ "
        "tháng_mười_hai ธค"
    ),
)

_MONTHS: dict[str, int] = {
    fold(name.replace("_", "")): number
    for number, names in enumerate(MONTH_NAMES, start=1)
    for name in names.split()
}
_SORTED_MONTHS = sorted(_MONTHS)
_MIN_MONTH_CHARS = 3
_MIN_INFLECTED_CHARS = 5  # "martes" is no month

MONTHS_OF_SEVERAL_WORDS: tuple[tuple[str, str], ...] = tuple(
    (fold(name.replace("_", " ")), fold(name.replace("_", "")))
    for name in sorted(" ".join(MONTH_NAMES).split(), key=len, reverse=True)
    if "_" in name
)
"""Folded names, the longest first, and the same as one word, as `month_number` knows them."""


def month_number(word: str) -> int | None:
    """The month of a folded word: a name, the beginning of one, or one with an ending. None if there is none, or if
    the word begins the names of several months ("mar" apart, "ju")."""
    if (number := _MONTHS.get(word)) is not None or len(word) < _MIN_MONTH_CHARS:
        return number
    following = islice(_SORTED_MONTHS, bisect_left(_SORTED_MONTHS, word), None)
    if numbers := {_MONTHS[name] for name in takewhile(lambda name: name.startswith(word), following)}:
        return numbers.pop() if len(numbers) == 1 else None
    for size in range(len(word) - 1, _MIN_INFLECTED_CHARS - 1, -1):
        if word[:size] in _MONTHS:
            return _MONTHS[word[:size]]
    return None


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Weekdays in the languages that write them behind the date. Before a date, any word is taken for its weekday.
_WEEKDAYS_BEHIND = (
    "pazartesi salı çarşamba perşembe cuma cumartesi pazar hétfő kedd szerda csütörtök péntek szombat vasárnap"
    " pirmadienis antradienis trečiadienis ketvirtadienis penktadienis šeštadienis sekmadienis"
    " понедельник вторник среда четверг пятница суббота воскресенье"
)
TRAILING_WEEKDAYS = frozenset(fold(_WEEKDAYS_BEHIND).split()) | frozenset(
    f"{start}{day}{end}"
    for start, days, end in (
        ("星期", "一二三四五六日天", ""),
        ("周", "一二三四五六日", ""),
        ("週", "一二三四五六日", ""),
        ("", "月火水木金土日", "曜日"),
        ("", "월화수목금토일", "요일"),
    )
    for day in days
)

# Era → the year before its first
ERAS: dict[str, int] = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
    "明治": 1867,
    "民國": 1911,
    "民国": 1911,
    "中華民國": 1911,
}

ERA_OF_LETTER = {"r": "令和", "h": "平成", "s": "昭和"}

# Words between the parts of a date. "t" separates day and time in ISO 8601; "st", "o", "er" end ordinal numbers.
FILLERS = frozenset(
    fold(
        "t at on in of the st nd rd th um am den der o a de del di d le el la las els al à às er e em en et kl klo op"
        " om ob v u ko в о у г год года р року ў ж αι η και στις ι saat pukul jam ngày gada m на го е ч ב בשעה في"
        " الساعة พศ คศ เวลา น թ წ წლის 公元 西元"
    ).split()
)

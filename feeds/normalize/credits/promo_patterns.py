"""Table of promotional lines in many languages ("Follow us on Google News"). `promo_lines` compiles it.

`sentences` has one pattern a line. It must match a whole sentence, from the first letter to the full stop, so that a
report *about* following somebody on Google News does not match. Only a `continuation` may follow it ("… and be the
first to know"), and only after a pattern with a placeholder: "Follow us to the harbour" is not promotional. A label
is followed by a colon and the title of another article, or stands alone. `post_footers` match the line that WordPress
adds below an item. It counts only if it has a link or the item's own title.

Placeholders (see `promo_lines.PLACEHOLDERS`): {us} the outlet (us, a name, a domain) · {network} a social network or an
aggregator · {letter} a newsletter · {app} an app. A space matches any white space. Case is ignored.
"""

# ruff: noqa: E501 - a pattern is read on one line, and in its own script

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PromoPatterns:
    """The patterns of one language or of several related ones."""

    language: str
    sentences: str  # one pattern a line
    continuation: str = ""
    # The prefilter: one of these alternatives begins the sentence (`first_words`), or occurs anywhere in it
    # (`required`, where the verb comes last or the script is enough). Other sentences cannot match.
    first_words: str = ""
    required: str = ""
    labels: str = ""  # separated by " · "
    post_footers: str = ""


PROMO_PATTERNS: tuple[PromoPatterns, ...] = (
    PromoPatterns(
        "en",
        r"""
        (?:please )?(?:also )?(?:follow|like|find|join|add|connect with) {us}(?: and our \w+)?(?: also| too)? (?:live )?(?:on|in|via|over on) {network}
        (?:you can (?:also )?|now |and )(?:follow|find) us(?: also| too)? (?:on|in|via) {network}
        (?:click|tap) here to (?:join|follow|subscribe to) (?:our|the {us}) (?:\w+ ){0,2}(?:{network}|channel)(?: (?:channel|group|page))?
        (?:share|tweet|pin|email) (?:this )?(?:article |story |post |page |it )?(?:on|via|to) {network}
        follow us(?: on)?:?
        follow @\w+
        (?:subscribe to|sign up (?:for|to)|get|join) (?:our|the|{us}|{us}[’']s?) (?:\w+[ -]){0,4}{letter}
        (?:subscribe to|join|follow) (?:our|the {us}) (?:\w+ ){0,2}(?:{network}|channel)(?: (?:channel|group|page|community|account))?
        (?:download|get|install|try) (?:our|the(?: new| free)?(?: {us})?) (?:\w+ ){0,3}{app}
        (?:click|tap) (?:on )?the (?:star|bell|follow button)(?: and .{0,80})?
        never miss a story
        subscribe (?:now|today|here)
        """,
        first_words="please|also|you|now|and|follow|like|find|join|add|connect|subscribe|sign|get|download|install|try|click|tap|never|share|tweet|pin|email",
        continuation=r"(?:and|to|for|or|so|by)\b.{0,160}",
        labels="read more · read also · also read · read next · see also · watch · watch also · also watch · related · related stories · related articles · more on this story · you may also like · you might also like · recommended · don[’']t miss · continue reading · keep reading · read the full (?:story|article) · more from {us} · must read · trending · click here to read more",
        post_footers=r"the post (.+) (?:first appeared|appeared first) on .+",
    ),
    PromoPatterns(
        "fr",
        r"""
        (?:suivez|retrouvez|rejoignez|likez)(?:-| )?(?:nous|{us}|toute l[’']actualité(?: d[eu]s? {us})?) (?:aussi |également )?(?:sur|via|en direct sur) {network}
        (?:abonnez|inscrivez)-vous (?:à|a) (?:notre|la|nos) (?:\w+ ){0,3}(?:{letter}|chaîne(?: {network})?)
        téléchargez (?:notre|l[’']) ?(?:\w+ ){0,3}{app}(?: (?:d[eu]s? )?{us})?
        suivez-nous
        abonnez-vous
        """,
        first_words="suivez|retrouvez|rejoignez|likez|abonnez|inscrivez|téléchargez",
        continuation=r"(?:et|pour|afin|ou)\b.{0,160}",
        labels="lire aussi · à lire aussi · lire la suite · à lire · voir aussi · à voir aussi · lire également · en savoir plus · sur le même sujet",
        post_footers=r"l[’']article (.+) est apparu en premier sur .+|cet article (.+) est apparu en premier sur .+",
    ),
    PromoPatterns(
        "de",
        r"""
        (?:folgen sie|folge|folgt|liken sie|besuchen sie|finden sie) (?:uns|{us})(?: auch| gern)? (?:auf|bei) {network}
        folgen sie uns
        (?:abonnieren sie|abonniere|abonniert|bestellen sie) (?:jetzt )?(?:unseren|den|unsere) (?:\w+[ -]){0,3}(?:{letter}|kanal|{network}(?:-kanal)?)
        (?:melden sie sich|melde dich) (?:jetzt |hier )?(?:für|zu) (?:unseren|unserem|den) (?:\w+[ -]){0,3}{letter} an
        (?:laden sie|lade|ladet|holen sie sich) (?:jetzt |sich )?(?:unsere|die) (?:\w+[ -]){0,3}{app}(?: herunter)?
        """,
        first_words="folg|liken|besuchen|finden|abonnier|bestellen|melde|lade|holen",
        continuation=r"(?:und|um|für|oder|damit)\b.{0,160}",
        labels="lesen sie auch · lesen sie mehr · mehr lesen · lesen sie hier · weiterlesen · mehr zum thema · auch interessant · siehe auch · zum thema",
        post_footers=r"der beitrag (.+) erschien zuerst auf .+|der artikel (.+) erschien zuerst auf .+",
    ),
    PromoPatterns(
        "es",
        r"""
        (?:síguenos|siguenos|síganos|seguinos|encuéntranos|únete a nosotros)(?: también)? (?:en|por|a través de) (?:nuestr[oa]s? )?(?:\w+ ){0,3}{network}
        sigue a {us} en {network}
        síguenos
        (?:suscríbete|suscríbase|apúntate|suscribite|regístrate) a(?:l| nuestr[oa]s?) (?:\w+ ){0,2}(?:{letter}|canal(?: de {network})?)
        (?:descarga|descargue|descargá|bájate) (?:nuestra|la) (?:\w+ ){0,2}{app}(?: de {us})?
        """,
        first_words="s[íi]gue|síganos|seguinos|encuéntranos|únete|suscr|apúntate|regístrate|descarg|bájate",
        continuation=r"(?:y|e|para|o)\b.{0,160}",
        labels="lee también · lea también · leer más · leer mas · te puede interesar · te puede gustar · le puede interesar · más información · ver también · lee además · sigue leyendo",
        post_footers=r"la entrada (.+) (?:se publicó primero en|apareció primero en) .+",
    ),
    PromoPatterns(
        "it",
        r"""
        (?:seguici|segui {us}|trovaci|seguiteci)(?: anche)? (?:su|sui|sulla|sul)(?: nostr[oiae])?(?: \w+)? ?{network}
        (?:iscriviti|iscrivetevi|abbonati) (?:alla|al|ai) (?:nostr[oaie] )?(?:\w+ ){0,2}(?:{letter}|canale(?: {network})?)
        scarica (?:la nostra |l[’'])(?:\w+ ){0,2}{app}(?: di {us})?
        seguici
        """,
        first_words="segui|trovaci|iscriv|abbonati|scarica",
        continuation=r"(?:e|per|o|ed)\b.{0,160}",
        labels="leggi anche · leggi tutto · leggi di più · continua a leggere · vedi anche · potrebbe interessarti · guarda anche",
        post_footers=r"l[’']articolo (.+) (?:proviene da|sembra essere il primo su) .+",
    ),
    PromoPatterns(
        "pt",
        r"""
        (?:siga|segue|sigam|curta|acompanhe|encontre)(?:-| )?(?:nos|o {us}|a {us}|{us})(?: também)? (?:no|na|nas|pelo|em)(?: nossas)? {network}
        segue-nos
        siga-nos
        (?:assine|subscreva|inscreva-se|inscreva-se em|cadastre-se em) (?:a |o |na |no |à )?(?:nossa |nosso )?(?:\w+ ){0,2}(?:{letter}|canal(?: (?:no|do) {network})?)
        (?:baixe|descarregue|instale) (?:o nosso|a nossa|o|a) (?:\w+ ){0,2}{app}(?: d[oa] {us})?
        """,
        first_words="siga|segue|curta|acompanhe|encontre|assine|subscreva|inscreva|cadastre|baixe|descarregue|instale",
        continuation=r"(?:e|para|ou)\b.{0,160}",
        labels="leia também · leia mais · ler mais · veja também · saiba mais · leia ainda · continue lendo · leia tudo",
        post_footers=r"o post (.+) apareceu primeiro em .+|o conteúdo (.+) aparece primeiro em .+",
    ),
    PromoPatterns(
        "nl",
        r"""
        volg (?:ons|{us})(?: ook)? (?:op|via) {network}
        volg ons
        (?:schrijf je in|meld je aan|abonneer je) (?:voor|op) (?:onze|de) (?:\w+ ){0,2}(?:{letter}|kanaal)
        download (?:onze|de) (?:\w+[ -]){0,2}{app}
        """,
        first_words="volg|schrijf|meld|abonneer|download",
        continuation=r"(?:en|om|voor|of)\b.{0,160}",
        labels="lees ook · lees meer · lees verder · bekijk ook",
        post_footers=r"het bericht (.+) verscheen eerst op .+",
    ),
    PromoPatterns(
        "sv/da/no",
        r"""
        (?:följ|følg) (?:oss|os|{us})(?: også| även)? (?:på|via) {network}
        (?:prenumerera på|tilmeld dig|meld deg på|abonner på) (?:vårt|vores|vårt|vort|vår) (?:\w+ ){0,2}{letter}
        (?:ladda ner|hent|last ned) (?:vår|vores) (?:\w+ ){0,2}{app}
        """,
        first_words="följ|følg|prenumerera|tilmeld|meld|abonner|ladda|hent|last",
        continuation=r"(?:och|og|för|for|så|eller)\b.{0,160}",
        labels="läs också · läs mer · läs även · læs også · læs mere · les også · les mer",
        post_footers=r"inlägget (.+) dök först upp på .+",
    ),
    PromoPatterns(
        "fi/et/hu",
        r"""
        seuraa (?:meitä|{us})(?: myös)? {network}\w*
        (?:jälgi|jälgige|loe) (?:meid|{us})(?: ka)? {network}\w*
        tilaa (?:\w+ ){0,2}{letter}
        (?:kövess|kövessen) (?:minket|bennünket) (?:a |az )?{network}[- ]?\w*(?: is)?
        iratkozz(?:on)? fel (?:a )?(?:\w+ ){0,2}{letter}
        """,
        first_words="seuraa|jälgi|loe|tilaa|kövess|iratkozz",
        labels="lue myös · lue lisää · olvasd el ezt is · olvassa el · loe ka · loe lisaks",
    ),
    PromoPatterns(
        "pl",
        r"""
        (?:obserwuj|śledź|polub|znajdź)(?:cie)? (?:nas|{us})(?: też| również| także)? (?:na|w) {network}
        (?:zapisz się|subskrybuj|zasubskrybuj)(?: (?:na|do))?(?: nasz(?:ego|ą)?)? (?:\w+ ){0,1}{letter}
        pobierz (?:naszą )?{app}
        """,
        first_words="obserwuj|śledź|polub|znajdź|zapisz|subskrybuj|zasubskrybuj|pobierz",
        continuation=r"(?:i|aby|żeby|lub|oraz)\b.{0,160}",
        labels="czytaj też · czytaj także · czytaj więcej · czytaj dalej · zobacz też · zobacz także · przeczytaj także · przeczytaj też",
        post_footers=r"(?:artykuł|wpis) (.+) pochodzi z serwisu .+|wpis (.+) pojawił się poczatkowo na .+",
    ),
    PromoPatterns(
        "cs/sk",
        r"""
        sledujte (?:nás|{us})(?: i| aj| také| též| tiež)? (?:na|v|ve|vo) {network}(?:u)?
        (?:přihlaste se|prihláste sa) k odb[eě]ru (?:\w+ ){0,2}{letter}(?:u)?
        stáhněte si (?:naši )?{app}
        """,
        first_words="sledujte|přihlaste|prihláste|stáhněte",
        continuation=r"(?:a|aby|pro|nebo)\b.{0,160}",
        labels="čtěte také · přečtěte si také · prečítajte si aj · čítajte aj · číst dál",
    ),
    PromoPatterns(
        "ro",
        r"""
        urmărește(?:-ne| {us}) (?:și )?pe {network}
        urmăriți-ne (?:și )?pe {network}
        abonează-te la (?:\w+ ){0,2}(?:{letter}|canalul(?: de)? {network})
        descarcă {app}
        """,
        first_words="urmări|urmărește|abonează|descarcă",
        continuation=r"(?:și|pentru|ca|sau)\b.{0,160}",
        labels="citește și · citiți și · citește mai mult · vezi și",
    ),
    PromoPatterns(
        "ru",
        r"""
        (?:подписывайтесь|подпишитесь|подписывайся|подпишись)(?: на (?:нас|наш[уи]?|{us}|канал {us}))?(?: (?:\w+ ){0,3})?(?: ?(?:в|на) )?{network}
        (?:подписывайтесь|подпишитесь) на (?:наш[уи]? |{us} )?(?:\w+ ){0,2}(?:{letter}|канал|{network}(?:-канал)?)
        (?:следите за|читайте|смотрите) (?:нами|нашими новостями|нас|{us})(?: также| и)? (?:в|на) {network}
        (?:скачайте|скачивайте|установите) (?:наше )?(?:\w+ ){0,2}{app}
        присоединяйтесь к (?:нам|нашему (?:\w+ )?каналу)(?: (?:в|на) {network})?
        подписывайтесь
        подписывайтесь на нас
        """,
        required=r"[\u0400-\u04ff]",
        continuation=r"(?:и|чтобы|для|или|а)\b.{0,160}",
        labels="читайте также · читать далее · читайте ещё · подробнее · смотрите также · ещё по теме · по теме",
        post_footers=r"(?:запись|сообщение) (.+) (?:впервые появились?|появились сначала|впервые появилась) (?:на|в) .+",
    ),
    PromoPatterns(
        "uk/bg/sr",
        r"""
        (?:підписуйтесь|підписуйтеся|підпишіться|стежте)(?: за нами| на (?:нас|наш|{us}))?(?: (?:\w+ ){0,2})?(?: ?(?:в|у|на) )?{network}
        (?:последвайте|следвайте|следете|харесайте|намерете|четете)(?: ни| {us})?(?: и| също| вече)? (?:в|във|на) {network}
        (?:следете|следите|читајте)(?: н[èеѐ])?(?: и)? на {network}
        (?:абонирайте се|абонирай се) за (?:\w+ ){0,2}{letter}
        пратите нас (?:и )?на {network}
        (?:pratite nas|sledite nam|spremljajte nas|lajkajte nas) (?:i |tudi )?na {network}(?:u)?
        """,
        required=r"[\u0400-\u04ff]|pratite|sledite|spremljajte|lajkajte",
        continuation=r"(?:і|та|щоб|и|за|да|или|i|kako)\b.{0,160}",
        labels="читайте також · читати далі · прочетете още · прочетете също · вижте още · прочитајте · pročitajte i · pročitajte još",
    ),
    PromoPatterns(
        "el",
        r"""
        ακολουθήστε (?:μας|{us}|(?:το|την|τον) [^\s]+(?: [^\s]+){0,3}?)(?: και)? (?:στο|στα|στη|στην|σε|μέσω) (?:κανάλι μας στο |σελίδα μας στο )?{network}
        ακολουθήστε μας
        (?:κάντε|κάνε) (?:like|follow|εγγραφή|εγγράφου)(?: \w+){0,4} (?:στο|στη|στην) (?:[^\s]+ ){0,3}(?:{network}|{letter}|κανάλι μας)
        (?:γραφτείτε|εγγραφείτε) (?:στο|στα) (?:[^\s]+ ){0,3}(?:{letter}|κανάλι μας)
        (?:κατεβάστε|κατέβασε) (?:το|την) (?:[^\s]+ ){0,3}{app}
        (?:δείτε|διαβάστε) (?:όλες )?τις τελευταίες ειδήσεις .{0,80}
        """,
        required=r"[\u0370-\u03ff\u1f00-\u1fff]",
        continuation=r"(?:και|για|ώστε|να|ή)\b.{0,160}",
        labels="διαβάστε ακόμη · διαβάστε ακόμα · διαβάστε επίσης · διαβάστε περισσότερα · δείτε ακόμη · δείτε επίσης · διαβάστε σχετικά",
        post_footers=r"το άρθρο (.+) εμφανίστηκε πρώτα στο .+",
    ),
    PromoPatterns(
        "tr/az",
        r"""
        (?:bizi|haberlerimizi|son dakika haberlerini|{us}['’]?\w*(?!\w)) ?(?:\w+ ){0,2}{network}(?:['’]\w+)?(?: hesab\w+)?(?: üzerinden)?(?: da)? takip (?:et|edin|ediniz|edebilirsiniz)
        {network}(?:['’]\w+)?(?: üzerinden)?(?: da)? (?:bizi |{us}['’]?\w* )?takip (?:et|edin|ediniz|edebilirsiniz|etmek için tıklayın(?:ız)?)
        (?:bizi )?takip edin
        (?:{letter}|(?:{network} )?kanalımıza)(?: ücretsiz)? abone ol(?:un|unuz)?
        {app}(?:mızı|yı)? (?:hemen )?indirin
        """,
        continuation=r"(?:ve|için)\b.{0,160}",
        required=r"takip|abone|indirin",
        labels="ayrıca okuyun · bunu da okuyun · devamını oku · ilgili haber · haberin devamı",
    ),
    PromoPatterns(
        "ar",
        r"""
        (?:تابعونا|تابعنا|انضموا إلينا|اشتركوا معنا)(?: أيضا| أيضًا)? (?:على|عبر|في) (?:[^\s]+ ){0,3}{network}
        تابعونا
        تابعوا {us} (?:على|عبر) {network}
        (?:تابعوا|تابع|تابعي|لمتابعة|تابعونا) (?:[^\s]+ ){1,6}(?:على|عبر|في) (?:تطبيق |منصة )?{aggregator}
        (?:تابعوا|تابع|لمتابعة) (?:آخر|أحدث|أهم|أخبارنا|صفحتنا|قناتنا|حسابنا|موقعنا) ?(?:[^\s]+ ){0,5}(?:على|عبر|في) {network}
        (?:اشترك|اشتركوا|انضم|انضموا) (?:في|إلى|ب) ?(?:قناتنا|{letter}|قناة [^\s]+)(?: (?:على|في) {network})?
        (?:حمّ?ل|حمّ?لوا|نزّ?لوا) {app}(?: [^\s]+){0,2}
        """,
        required=r"[\u0600-\u06ff]",
        continuation=r"(?:و|ل|كي)[^\s].{0,160}",
        labels="اقرأ أيضا · اقرأ أيضاً · اقرأ أيضًا · إقرأ أيضا · اقرأ المزيد · شاهد أيضا · شاهد أيضاً · قد يهمك · قد يهمك أيضا",
    ),
    PromoPatterns(
        "fa/ur",
        r"""
        (?:ما را|{us} را) (?:در|روی) {network} دنبال (?:کنید|نمایید)
        به (?:کانال|صفحه) [^.]{0,30}{network} بپیوندید
        (?:ما را|{us} را|اخبار ما را) (?:هم |نیز )?(?:در|روی) {network} (?:هم )?دنبال کن(?:ید|)
        (?:ہمیں|ہم کو) {network} پر فالو (?:کریں|کیجیے)
        """,
        required=r"[\u0600-\u06ff]",
        labels="بیشتر بخوانید · همچنین بخوانید · مطالب مرتبط · مزید پڑھیں · یہ بھی پڑھیں",
    ),
    PromoPatterns(
        "he",
        r"""
        (?:עקבו|עיקבו) אחרינו (?:גם )?ב-?{network}
        (?:הצטרפו|הירשמו) (?:ל|אל )(?:[^\s]+ ){0,3}(?:{network}|{letter}|שלנו)
        הורידו את ה?{app}(?: [^\s]+)?
        """,
        required=r"[\u0590-\u05ff]",
        continuation=r"(?:ו|כדי).{0,160}",
        labels="קראו גם · קראו עוד · לקריאה נוספת · ראו גם · עוד בנושא",
    ),
    PromoPatterns(
        "hi/mr",
        r"""
        (?!.*(?:कहा|बताया|अपील))(?:[^\s]+ ){0,8}?{network}(?: चैनल)? (?:पर|को|से) (?:[^\s]+ ){0,3}(?:फॉलो|फ़ॉलो|लाइक|सब्सक्राइब|ज्वाइन) ?(?:करें|कीजिए|कर लें|करे|करना न भूलें)
        (?!.*(?:कहा|बताया|अपील))(?:[^\s]+ ){0,8}?{network}(?: चैनल)? (?:से|पर) जुड़ें
        (?:हमारा|हमारे|हमारी) (?:[^\s]+ ){0,3}(?:{app}|{letter}) (?:डाउनलोड|सब्सक्राइब) (?:करें|कीजिए)
        """,
        required=r"[\u0900-\u097f]",
        labels="यह भी पढ़ें · ये भी पढ़ें · इसे भी पढ़ें · और पढ़ें · पढ़ें · हे ही वाचा",
    ),
    PromoPatterns(
        "bn/ta",
        r"""
        (?:[^\s]+ ){0,8}?{network}(?: চ্যানেল(?:টি)?)? (?:ফলো|অনুসরণ|সাবস্ক্রাইব|লাইক) (?:করুন|করুন।)
        (?:எங்களை )?{network}(?:இல்|ல்)? பின்தொடர(?:வும்|ுங்கள்)
        """,
        required=r"[\u0980-\u09ff\u0b80-\u0bff]",
        labels="আরও পড়ুন · আরো পড়ুন · மேலும் படிக்க · இதையும் படிங்க",
    ),
    PromoPatterns(
        "th",
        r"""
        (?:สามารถ|ช่องทาง|อย่าลืม)?(?:กด)?(?:ติดตาม|ไลก์|ถูกใจ)(?:ข่าว(?:สาร)?|เรา|พวกเรา|ได้ที่|ล่าสุด|ทุก|ความเคลื่อนไหว|ติดตาม|[A-Za-z0-9 .]|ที่|ผ่าน|ทาง|บน|กด)*?{network}.{0,60}
        ดาวน์โหลด{app}.{0,40}
        ติดตามเรา(?:ได้ที่)?
        สมัครรับ{letter}.{0,40}
        """,
        required=r"[\u0e00-\u0e7f]",
        labels="อ่านเพิ่มเติม · อ่านต่อ · อ่านข่าวที่เกี่ยวข้อง · ข่าวที่เกี่ยวข้อง · อ่านข่าวเพิ่มเติม",
    ),
    PromoPatterns(
        "vi/id",
        r"""
        theo dõi (?:chúng tôi|{us}) (?:trên|tại|qua) {network}
        (?:đăng ký|tải) (?:\w+ ){0,2}(?:{letter}|{app})(?: \w+){0,3}
        (?:ikuti|follow) (?:kami|berita \w+|{us}) (?:di|lewat|melalui) {network}
        (?:unduh|download) {app} {us}
        (?:gabung|bergabung)(?:lah)? (?:di|dengan) (?:\w+ ){0,2}{network}
        """,
        first_words="theo|đăng|tải|ikuti|follow|unduh|download|gabung|bergabung",
        continuation=r"(?:để|và|untuk|dan|agar)\b.{0,160}",
        labels="xem thêm · đọc thêm · baca juga · baca selengkapnya · simak juga · lihat juga",
    ),
    PromoPatterns(
        "ja",
        r"""
        (?:[^。、]{0,30})?(?:公式)?{network}(?:公式)?(?:アカウント|チャンネル|ページ)?(?:で|を|も|の)?[^。]{0,12}(?:フォロー|登録|チェック|購読)(?:して(?:ください|ね)?|しよう|お願いします|はこちら(?:から)?)?
        (?:[^。、]{0,20})?(?:無料)?{letter}(?:の|に|を)?(?:登録|購読)(?:して(?:ください)?|はこちら(?:から)?)?
        {network}(?:で|を)?(?:も)?(?:私たち|当サイト|本紙)?(?:を)?(?:フォロー|友だち追加|チャンネル登録|登録|購読|追加)する
        {app}(?:を|の)?ダウンロード(?:して(?:ください)?|はこちら)?
        (?:私たち|当サイト)?(?:を)?フォロー(?:する|してください)?
        """,
        required=r"[\u3040-\u30ff]|登録|購読",
        labels="続きを読む · あわせて読みたい · 関連記事 · こちらもおすすめ · もっと読む · 【関連記事】 · 合わせて読みたい",
        post_footers=r"(?:投稿)?(.+)は(.+)に最初に表示されました",
    ),
    PromoPatterns(
        "zh",
        r"""
        (?:请|欢迎|歡迎|点击|點擊|扫码|掃碼|立即|快来)?(?:关注|關注|订阅|訂閱|追蹤)(?:我们|我們|本报|本報|本站)(?:的)?(?:{network}|频道|頻道)?(?:频道|頻道|公众号|公眾號|账号|帳號)?
        (?:请|欢迎|歡迎|点击|點擊|扫码)?(?:关注|關注|订阅|訂閱|追蹤)[^。，,]{0,20}(?:{network}|频道|頻道|{letter})(?:频道|頻道|账号|帳號)?
        (?:关注|關注)[^。，,]{1,24}[，,](?:获取|獲取|掌握)最新(?:资讯|資訊|消息|动态)
        (?:请|立即|点击|點擊)?(?:下载|下載)[^。，,]{0,16}{app}
        """,
        required=r"[\u4e00-\u9fff]",
        continuation=r"(?:，|,)?(?:获取|獲取|掌握|了解|第一时间|第一時間).{0,60}",
        labels="阅读更多 · 閱讀更多 · 延伸閱讀 · 延伸阅读 · 相关阅读 · 相關報導 · 相关新闻 · 更多阅读",
    ),
    PromoPatterns(
        "ko",
        r"""
        (?:[^\s]+ ){0,4}{network}(?:에서|을|를|로)? ?(?:[^\s]+ ){0,3}(?:팔로우|구독|추가|팔로|만나보|확인)(?: ?(?:세요|하세요|해 ?주세요|하기|하십시오))?
        {letter}(?:를|을)? ?(?:구독|신청)(?:하세요|하기)?
        {app}(?:을|를)? ?다운로드(?:하세요|하기)?
        """,
        required=r"[\uac00-\ud7a3]",
        labels="더 읽기 · 관련 기사 · 관련기사 · 함께 읽기 · 더 보기 · 자세히 보기",
    ),
)

"""Number words ("seven", "sieben", "siete") as facts: a text with "seven" has the fact that a text with "7" has.

The table leaves out words for one, which are articles in many languages, and words that mean something else in another
language of the table or are names ("once", "elf", "on", "sei", "dos", "due", "Otto", "Lima", "Sept").
"""

from __future__ import annotations

_WORDS = """
2 two zwei deux dois duas twee två dwa dwie dwóch два две двух двама двоє iki dua اثنان اثنين दो dva dvě δύο
3 three drei trois tres três trzy trzech три трёх трех трима троє drie üç tiga ثلاثة ثلاث तीन tři τρεις τρία
4 four vier quatre cuatro quattro quatro fyra cztery czterech четыре четырех четири чотири dört
4 empat أربعة أربع चार čtyři τέσσερις τέσσερα
5 five fünf cinq cinco cinque vijf pięć pięciu пять пяти пет beş خمسة خمس पांच पाँच pět πέντε
6 six seis sechs sześć sześciu шесть шести шест шість altı enam ستة छह šest έξι zes
7 seven sieben siete sette sete zeven sju siedem siedmiu семь семи седем сім yedi tujuh سبعة سبع सात sedm επτά
8 eight acht huit ocho oito åtta osiem ośmiu восемь восьми осем вісім sekiz delapan ثمانية ثماني आठ osm οκτώ
9 nine neun neuf nueve nove negen dziewięć dziewięciu девять девяти девет dokuz sembilan تسعة تسع devět εννέα
10 ten zehn diez dieci tien dziesięć dziesięciu десять десяти десет sepuluh عشرة दस deset δέκα
11 eleven onze undici elva jedenaście одиннадцать единайсет единадесет одинадцять sebelas ग्यारह
12 twelve zwölf douze doce dodici doze twaalf tolv dwanaście двенадцать дванайсет дванадесет дванадцять बारह
13 thirteen dreizehn treize trece tredici treze dertien tretton trzynaście тринадцать тринайсет тринадцять
14 fourteen vierzehn quatorze catorce quattordici catorze veertien fjorton
14 czternaście четырнадцать четиринайсет чотирнадцять
15 fifteen fünfzehn quinze quindici vijftien femton piętnaście пятнадцать петнайсет
16 sixteen sechzehn dieciséis sedici dezesseis zestien sexton szesnaście шестнадцать шестнайсет шістнадцять
17 seventeen siebzehn diecisiete diciassette dezessete zeventien sjutton siedemnaście семнадцать сімнадцять
18 eighteen achtzehn dieciocho diciotto dezoito achttien arton osiemnaście восемнадцать вісімнадцять
19 nineteen neunzehn diecinueve diciannove dezenove negentien nitton dziewiętnaście девятнадцать
20 twenty zwanzig vingt veinte venti vinte twintig tjugo dwadzieścia двадцать двайсет
20 двадесет двадцять yirmi عشرون عشرين बीस
30 thirty dreißig trente treinta trenta trinta dertig trettio trzydzieści тридцать
30 трийсет тридцять otuz ثلاثون ثلاثين तीस
40 forty vierzig quarante cuarenta quaranta quarenta veertig fyrtio czterdzieści сорок четиридесет kırk أربعون أربعين
50 fifty fünfzig cinquante cincuenta cinquanta cinquenta vijftig femtio pięćdziesiąt пятьдесят
50 петдесет elli خمسون خمسين पचास
60 sixty sechzig soixante sesenta sessanta sessenta zestig sextio sześćdziesiąt шестьдесят
60 шейсет шістдесят altmış ستون ستين
70 seventy siebzig setenta settanta zeventig sjuttio siedemdziesiąt семьдесят седемдесет сімдесят yetmiş
80 eighty achtzig ochenta ottanta oitenta tachtig åttio osiemdziesiąt восемьдесят осемдесет вісімдесят seksen
90 ninety neunzig noventa novanta negentig nittio dziewięćdziesiąt девяносто деветдесет doksan
100 hundred hundert cien cento honderd hundra sto сто yüz مئة seratus
1000 thousand tausend mille mil duizend tusen tysiąc тысяча хиляда тисяча seribu ألف
0 zero null zéro cero nul noll ноль нула sıfır nil
"""

NUMBER_WORDS = tuple(
    (word, number) for number, *words in map(str.split, _WORDS.strip().split("\n")) for word in words
)
"""(word, its number in digits)."""

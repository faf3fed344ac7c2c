"""When two delivery addresses are one door, however they are written (R-5)."""

import re
import unicodedata
from dataclasses import dataclass, field

# The word that names a part of an address → the part; written `д5`, `д.5`, `дом 5` or `5 д`.
PARTS = {
    **dict.fromkeys(("д", "дом", "домовл", "домовладение", "вл", "владение", "d", "dom", "house"), "house"),
    **dict.fromkeys(("к", "кор", "корп", "корпус", "k", "korp", "korpus"), "block"),
    **dict.fromkeys(("с", "стр", "строен", "строение", "str", "stroenie"), "structure"),
    **dict.fromkeys(("кв", "квартира", "кварт", "ап", "апарт", "апартаменты", "kv", "kvartira", "apt", "flat"), "flat"),
    **dict.fromkeys(("оф", "офис", "пом", "помещ", "помещение", "комн", "комната", "of", "ofis", "office"), "flat"),
    **dict.fromkeys(("лит", "литер", "литера", "lit"), "letter"),
    **dict.fromkeys(("под", "подъезд", "пд", "эт", "этаж", "домофон", "код", "pod", "podezd", "etazh"), "way"),
}
# Words that say what kind of place a name is, but not which; «улица» among them, because it is what is left out.
SILENT_WORDS = """
    г гор город ул улица россия рф российская федерация обл область край р-н рн район респ республика пос поселок п
    пгт с село дер деревня ао округ индекс адрес доставка ru russia ul ulica ulitsa g gorod city street st
"""
SILENT = frozenset(SILENT_WORDS.split())
# Kinds of streets that tell two streets of one name apart.
STREETS = {
    **dict.fromkeys(("пр", "пр-т", "пр-кт", "просп", "проспект", "pr", "pr-t", "prosp", "prospekt"), "проспект"),
    **dict.fromkeys(("пер", "переул", "переулок", "per", "pereulok"), "переулок"),
    **dict.fromkeys(("б-р", "бул", "бульв", "бульвар", "b-r", "bulvar"), "бульвар"),
    **dict.fromkeys(("ш", "шос", "шоссе", "sh", "shosse"), "шоссе"),
    **dict.fromkeys(("пл", "площ", "площадь", "pl", "ploshchad", "ploschad"), "площадь"),
    **dict.fromkeys(("наб", "набережная", "nab", "naberezhnaya"), "набережная"),
    **dict.fromkeys(("пр-д", "прд", "проезд", "proezd"), "проезд"),
    **dict.fromkeys(("туп", "тупик"), "тупик"),
    **dict.fromkeys(("мкр", "мкрн", "мкр-н", "м-н", "микрорайон"), "микрорайон"),
    **dict.fromkeys(("кв-л", "квартал"), "квартал"),
}
CITIES = {"мск": "москва", "moscow": "москва", "спб": "петербург", "питер": "петербург", "петербург": "петербург"}
CITIES |= {"saint": "", "st": "", "sankt": "", "санкт": "", "petersburg": "петербург"}
REGION = re.compile(r"\b[\w-]+(?:ая|ий|ый)\s+(?:область|обл|край|район|р-н|республика|респ)\b")
INDEX = re.compile(r"(?<!\d)\d{6}(?!\d)")
ORDINAL = re.compile(r"(?<!\d)(\d{1,3})\s?-?\s?(?:ая|ый|ий|ой|ое|ья|го|я|й|е)(?!\w)")
HYPHENATED = re.compile(r"(?<![\w-])(?:пр-к?т|б-р|пр-д|мкр-н|м-н|кв-л|р-н|pr-t|b-r)(?![\w-])")
HOUSE_AND_FLAT = re.compile(r"(?<![\w-])(\d+\w?)\s*[-–—]\s*(\d+)(?![\w-])")
TOKEN = re.compile(r"\d+|[^\W\d_]+(?:-[^\W\d_]+)*|,")

LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
# Cyrillic letters as passports, maps and people write them in Latin, brought to one skeleton afterwards.
LATIN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufie", strict=True))
LATIN |= {"ж": "zh", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
SKELETON = (("shch", "sch"), ("kh", "h"), ("ts", "c"), ("y", "i"), ("j", "i"), ("'", ""), ("x", "ks"), ("ii", "i"))


@dataclass
class _Door:
    names: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)


def address_key(text: str) -> str:
    """One key for all spellings of one door: case, ё, punctuation, «ул.» or «улица», index, region, order of parts.

    Latin look-alikes and addresses in Latin letters are read as Cyrillic ones. Empty without a house number: such
    an address is a whole street's. An address with a flat is another than the same house without one.
    """
    if text.startswith("="):
        return text
    door = _door(_tokens(text))
    if "house" not in door.parts or not door.names:
        return ""
    parts = (f"{part} {door.parts[part]}" for part in ("house", "block", "structure", "flat") if part in door.parts)
    return f"={' '.join(sorted(door.names))}; {'; '.join(parts)}"


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text.replace("№", " ")).lower().replace("ё", "е")
    plain = re.sub(r"[\w-]+", lambda word: _in_one_alphabet(word[0], plain), plain)
    plain = re.sub(r"[.«»\"#()]", " ", INDEX.sub(" ", re.sub(r"['’`]", "", plain)))
    plain = REGION.sub(" ", re.sub(r"\s+", " ", plain))
    plain = HYPHENATED.sub(lambda word: f" {STREETS.get(word[0], '')} ", ORDINAL.sub(r" \1й ", plain))
    plain = HOUSE_AND_FLAT.sub(r"\1 кв \2", plain)
    plain = re.sub(r"(\d+)\s*/\s*(\d+)", r"\1 к \2", plain)
    plain = re.sub(r"(\d+)\s*-\s*([^\W\d_])(?!\w)", r"\1\2", plain)
    return TOKEN.findall(re.sub(r"[;:|\n]", ",", plain))


def _in_one_alphabet(word: str, whole: str) -> str:
    """A Latin letter in a Cyrillic word, or a word of look-alikes in a Cyrillic address, is read as Cyrillic."""
    if not re.search("[а-я]", whole) or not re.search("[a-z]", word):
        return word
    cyrillic = word.translate(LOOK_ALIKES)
    return word if re.search("[a-z]", cyrillic) else cyrillic


def _door(tokens: list[str]) -> _Door:
    door, at = _Door(), 0
    loose: list[str] = []
    while at < len(tokens):
        word, following = tokens[at], _after_commas(tokens, at)
        part = PARTS.get(word)
        if word == ",":
            at += 1
        elif part and following is not None and tokens[following].isdigit():
            value, at = _number(tokens, following)
            door.parts.setdefault(part, value)
        elif word.isdigit():
            at = _take_number(tokens, at, door, loose)
        else:
            _take_word(word, door)
            at += 1
    for part, value in zip([part for part in ("house", "flat") if part not in door.parts], loose, strict=False):
        door.parts[part] = value
    return door


def _after_commas(tokens: list[str], at: int) -> int | None:
    """The next token, where a comma stands between «дом» and its number too."""
    at += 1
    while at < len(tokens) and tokens[at] == ",":
        at += 1
    return at if at < len(tokens) else None


def _number(tokens: list[str], at: int) -> tuple[str, int]:
    """`5`, or `5а` from `5 а`; and where to read on. A letter that names a part of its own is left to it."""
    letter = tokens[at + 1] if at + 1 < len(tokens) else ""
    names_part = letter in PARTS and at + 2 < len(tokens) and tokens[at + 2].isdigit()
    if len(letter) == 1 and letter.isalpha() and letter != "й" and not names_part:
        return str(int(tokens[at])) + _skeleton(letter), at + 2
    return str(int(tokens[at])), at + 1


def _take_number(tokens: list[str], at: int, door: _Door, loose: list[str]) -> int:
    """An unmarked number: of a name when a word follows («8 марта», «1-й»), else the house, then the flat."""
    following = tokens[at + 1] if at + 1 < len(tokens) else ","
    if following == "й":
        door.names.add(str(int(tokens[at])))
        return at + 2
    if following.isalpha() and len(following) > 1 and following not in PARTS and following not in SILENT:
        door.names.add(str(int(tokens[at])))
        return at + 1
    value, after = _number(tokens, at)
    loose.append(value)
    return after


def _take_word(word: str, door: _Door) -> None:
    if word in PARTS or word in SILENT:
        return
    if word in STREETS:
        door.names.add(_skeleton(STREETS[word]))
        return
    for name in word.split("-"):
        if skeleton := _skeleton(CITIES.get(name, name)):
            door.names.add(skeleton)


def _skeleton(word: str) -> str:
    latin = "".join(LATIN.get(letter, letter) for letter in word)
    for spelled, plain in SKELETON:
        latin = latin.replace(spelled, plain)
    return latin

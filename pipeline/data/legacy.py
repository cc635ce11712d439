"""The encoding of a text that is not UTF-8, judged by its letters: always a guess, and more or less a sure one.

chardet judges which language the letters would be; Chinese has a rule of its own, because a header of six
characters is too little for statistics. Knows nothing of files.
"""

from dataclasses import dataclass

from pipeline.data.lines import reads

# What spreadsheets and ticket systems save. Left to choose freely, chardet also finds code pages that nobody uses.
CODECS = (
    "gb18030",
    "big5hkscs",
    "cp932",
    "euc_jis_2004",
    "cp949",
    *(f"cp{number}" for number in range(1250, 1259)),
    "iso8859-2",
    "iso8859-5",
    "iso8859-6",
    "iso8859-7",
    "iso8859-8",
    "koi8-r",
    "cp866",
    "cp850",
    "mac-roman",
    "mac-cyrillic",
)
WESTERN = "cp1252"

# Chinese text is written almost wholly with the 3,755 most frequent characters and the symbols of GB2312;
# Cyrillic or Big5 bytes read as GB18030 give rare characters instead. Korean and Japanese text does not.
COMMON_CHINESE_SHARE = 0.8
WHOLE_LINES_SHARE = 0.9  # the bytes of other encodings make no whole characters
EAST_ASIAN = ("cp949", "euc_jis_2004")

# So many different characters that fit are no accident.
SURE_CHARACTERS = 16

# chardet's confidence. Below the first, statistics have little to go by; below the second, it is no language.
FAINT, HOPELESS = 0.2, 0.01

# Of readings that are as good as the best, the one with the fewest oddities, then the one that most people save.
AS_GOOD = 0.97

# With more bytes beyond ASCII than this share, no western text reads like that.
WESTERN_SHARE = 0.25


@dataclass(frozen=True)
class Guess:
    """A Python codec, and whether a person need not look."""

    codec: str
    sure: bool


def guess_codec(sample: bytes) -> Guess | None:
    """The codec of a text, from lines of it that are not ASCII. None: no usual encoding reads like that."""
    distinct = _chinese_characters(sample)
    found = _rank(sample)
    if distinct:
        if found and found[0][0] in EAST_ASIAN and found[0][1] > FAINT:
            return Guess(found[0][0], False)
        agreed = bool(found) and found[0][0] == "gb18030"
        return Guess("gb18030", agreed and distinct >= SURE_CHARACTERS)
    strange = sum(byte >= 128 for byte in sample) > WESTERN_SHARE * len(sample)
    if strange and (not found or found[0][1] < HOPELESS):
        return None
    if not found:
        return Guess(WESTERN, False)
    equals = [codec for codec, confidence in found if confidence >= AS_GOOD * found[0][1]]
    return Guess(min(equals, key=lambda codec: (_oddities(sample, codec), codec != WESTERN)), False)


def _rank(sample: bytes) -> list[tuple[str, float]]:
    import chardet  # here: its tables take a tenth of a second, and most files are UTF-8

    answers = chardet.detect_all(sample, ignore_threshold=True, include_encodings=CODECS, compat_names=False)
    return [(answer["encoding"], answer["confidence"]) for answer in answers if answer["encoding"] in CODECS]


def _oddities(sample: bytes, codec: str) -> int:
    """Capitals inside words, as in fÅr for für."""
    text = sample.decode(codec, "replace")
    inside = zip(text, text[1:], text[2:], strict=False)
    return sum(
        before.islower() and middle.isupper() and not middle.isascii() and after.islower()
        for before, middle, after in inside
    )


def _chinese_characters(sample: bytes) -> int:
    """How many different characters beyond ASCII there are as GB18030; 0 unless nearly all are in common use."""
    lines = sample.splitlines()
    if sum(reads(line, "gb18030") for line in lines) < WHOLE_LINES_SHARE * len(lines):
        return 0
    unusual = [character for character in sample.decode("gb18030", "ignore") if not character.isascii()]
    pairs = [pair for pair in (character.encode("gb18030") for character in unusual) if len(pair) == 2]
    common = sum(0xA1 <= lead <= 0xA9 or 0xB0 <= lead <= 0xD7 for lead, _ in pairs)
    trailing = sum(trail >= 0xA1 for _, trail in pairs)
    if not unusual or min(common, trailing) < COMMON_CHINESE_SHARE * len(unusual):
        return 0
    return len(set(unusual))

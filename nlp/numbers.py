"""What is the value of a number that is written in figures or in words?

`1,234.5`, `1.234,56`, `1,50,000`, `2 500 000`, `17-1/4`, `2½`, `half a`, `two and a half`, `one hundred and twenty`. A number's
magnitude (`million`, `bn`, `crore`) is not part of it: `nlp.money` reads that. Nothing here knows about currencies.
"""

from __future__ import annotations

import re

_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875}
_VULGAR = "".join(_FRACTIONS)

#: A number in figures: groups of thousands split by spaces, commas, dots or apostrophes; a fraction may follow, or stand alone before a
#: magnitude.
FIGURES = (
    r"(?<![\d/])[1-7]/[2-8](?= (?:million|billion|trillion))"
    r"|(?:(?<!\d)\d{1,3}(?:[ ’']\d{3})+(?![\d’'])(?:[.,]\d{1,2}(?!\d))?|\d+(?: point \d+|(?:[.,]\d+)*)|(?<![\d.])\.\d+)"
    rf"(?:[ -]?\d/(?:2|3|4|8|16|32|64)(?!\d)|[{_VULGAR}])?|[{_VULGAR}]"
)

_ONES = {
    word: value
    for value, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        start=1,
    )
}
_TENS = {
    word: value for value, word in zip(range(20, 100, 10), ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_SCALES = {"hundred": 100, "thousand": 1000}
_PARTS = {"half": 0.5, "quarter": 0.25, "third": 1 / 3, "quarters": 0.25, "thirds": 1 / 3}
_PLAIN = "|".join([*_ONES, *_TENS, *_SCALES])
_COUNT = "|".join([*_ONES, *_TENS])
_DIGIT = {"zero": "0", "oh": "0", **{word: str(value) for word, value in _ONES.items() if value < 10}}
_DIGITS = "|".join(_DIGIT)

#: A number in words, without the magnitude after it. A bare "a" counts only before a magnitude or "single".
WORDS = (
    r"(?:(?:a|one|three)[ -](?:quarters?|third)[ -]of[ -]an?"
    r"|two[ -]thirds[ -]of[ -]an?"
    r"|one[ -]half(?:[ -]of[ -]an?)?|half[ -]an?|an?[ -]half|(?:half|a[ -]quarter)(?=[ -](?:million|billion|trillion)\b)"
    rf"|(?:an?[ -](?:hundred|thousand)|(?<=the )hundred|{_COUNT})(?:[ -](?:and[ -])?(?:{_PLAIN}))*"
    rf"(?:[ -]and[ -](?:a|one)[ -](?:half|quarter)|[ -]point(?:[ -](?:{_DIGITS}))+)?"
    r"|an?[ -]single|a(?=[ -](?:million|billion|trillion|mln|bln|lakh|crore)\b))"
)

# Numbers only before a magnitude.
_ALONE = {"a": 1.0, "half": 0.5, "a quarter": 0.25}

_WORDS = re.compile(WORDS + r"\Z", re.IGNORECASE)


def parse_figures(written: str) -> float | None:
    """The value of a number in figures as matched by `FIGURES`; None where its separators contradict each other.

    A comma with three digits behind it groups thousands, with one or two it is a decimal comma; a single dot is always decimal
    (English text), several dots group thousands; where both stand, the last one is decimal.
    """
    whole, added = written.replace(" point ", "."), 0.0
    if whole and whole[-1] in _FRACTIONS:
        whole, added = whole[:-1], _FRACTIONS[whole[-1]]
        if not whole:
            return added
    elif "/" in whole:
        body, numerator, denominator = re.match(r"(.*?)[ -]?(\d)/(\d+)\Z", whole).groups()  # type: ignore[union-attr]
        if not body:
            return int(numerator) / int(denominator)
        whole, added = body, int(numerator) / int(denominator)
    plain = _plain_decimal(re.sub(r"[ ’']", "", whole))
    if plain is None or (added and "." in plain):
        return None
    return float(plain) + added


def _plain_decimal(written: str) -> str | None:
    """Figures with separators → figures with at most a decimal point."""
    commas, dots = written.count(","), written.count(".")
    if commas and dots:
        decimal = max(",.", key=written.rfind)
        grouping = "." if decimal == "," else ","
        if written.count(decimal) > 1:
            return None
        head, tail = written.split(decimal)
        joined = _ungroup(head, grouping)
        return f"{joined}.{tail}" if joined is not None else None
    if commas:
        head, tail = written.rsplit(",", 1)
        if commas == 1 and (len(tail) < 3 or head == "0"):
            return f"{head}.{tail}"
        return _ungroup(written, ",")
    return _ungroup(written, ".") if dots > 1 else written


def _ungroup(written: str, separator: str) -> str | None:
    """Digits without their grouping, western (1,234,567) or Indian (12,34,567); None where the groups are neither."""
    groups = written.split(separator)
    if len(groups) == 1:
        return written
    inner = {len(g) for g in groups[1:-1]}
    if len(groups[-1]) != 3 or not 1 <= len(groups[0]) <= 3 or not (inner <= {3} or inner <= {2}):
        return None
    return "".join(groups)


def parse_words(written: str) -> float | None:
    """The value of a number in words as matched by `WORDS` ("half a", "two and a half", "a single", "twenty-five")."""
    if (alone := _ALONE.get(written.casefold().replace("-", " "))) is not None:
        return alone
    if not _WORDS.match(f"the {written}", 4):  # "the hundred"
        return None
    words = re.split(r"[ -]", written.casefold())
    if "point" in words:
        whole = parse_words(" ".join(words[: words.index("point")]))
        return None if whole is None else float(f"{whole:.0f}." + "".join(_DIGIT[word] for word in words[words.index("point") + 1 :]))
    if "of" in words or words == ["one", "half"]:
        count = _ONES.get(words[0], 1)
        return count * _PARTS[words[1]]
    if words[0] == "half" or words in (["a", "half"], ["an", "half"]):
        return 0.5
    total, current, previous = 0.0, 0.0, ""
    for position, word in enumerate(words):
        if word in ("a", "an", "single"):
            following = words[position + 1] if position + 1 < len(words) else ""
            current += 1 if following not in _PARTS and word != "single" else 0
        elif word in _PARTS:
            current += _PARTS[word]
            if previous == "one":
                current -= 1
        elif word == "hundred":
            current = (current or 1) * 100
        elif word == "thousand":
            total, current = total + (current or 1) * 1000, 0.0
        elif word in _ONES:
            if previous in _ONES or (previous in _TENS and _ONES[word] > 9):
                return None
            current += _ONES[word]
        elif word in _TENS:
            if previous in _ONES or previous in _TENS:
                return None
            current += _TENS[word]
        previous = word
    return total + current

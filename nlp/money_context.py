"""What do the words around an amount say: how exact it is, per what it is counted, and whether it is money at all?

The words themselves stand in `lexicons/money_words.json`.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files

from nlp.currencies import Unit

_WORDS = json.loads(files("nlp.lexicons").joinpath("money_words.json").read_text(encoding="utf-8"))


def _alternatives(phrases: list[str]) -> str:
    return "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))


_MODIFIER_OF: dict[str, str] = {phrase: modifier for modifier, phrases in _WORDS["modifiers"].items() for phrase in phrases}
_MODIFIER = re.compile(
    rf"(?<![^\s(\[–—“\"'‘-])({_alternatives(list(_MODIFIER_OF))})(?: (?:a|an|the))?\s*(?:between )?\Z",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?P<at_least>,? or more\b|,? or above\b|,? at least\b|,? at a minimum\b)|(?P<about>,? or so\b|,? or thereabouts\b|-odd\b)"
    r"|(?P<more_than> ?\+(?![\d/])|-?plus\b| plus\b(?! \w+ (?:of|in)))|(?P<up_to>,? or less\b|,? at (?:the )?most\b|,? or under\b)"
)
# "a dispute over $5 billion", "talks about $5 billion": the word tells what it is about, not how much.
_ABOUT_WHAT = re.compile(rf"\b(?:{'|'.join(_WORDS['about_what'])})\s\Z", re.IGNORECASE)

_PER_UNITS: dict[str, str] = _WORDS["per_units"]
_ADVERBS: dict[str, str] = _WORDS["per_adverbs"]
_PER = re.compile(
    rf"(?:[ -](?:a|an|each|every)[ -]|,? ?/ ?|,?[ -]per[ -])(?P<listed>{_alternatives(list(_PER_UNITS))})s?\b"
    rf"|[ -]per[ -](?P<any>[a-z]+)\b|,? (?P<adverb>{_alternatives(list(_ADVERBS))})(?!\w)",
    re.IGNORECASE,
)
_MOVE = re.compile(
    rf"\b(?:{'|'.join(_WORDS['move_words'])})(?: (?:by|about|another|some|nearly|almost|more than|over))?\s\Z", re.IGNORECASE
)
_CHANGE = re.compile(rf"\b(?:{'|'.join(_WORDS['change_words'])})\b[^.;:]{{0,60}}\bfrom\s\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s\Z", re.IGNORECASE)
_MONEY_NOUNS = re.compile(rf" of (?:\w+[ -]){{0,2}}(?:{'|'.join(_WORDS['money_nouns'])})", re.IGNORECASE)
_WEIGHED = re.compile(r" (?:of \w+|per square|in weight|heavier|lighter|overweight|thrust|(?:a|an|per) acre)", re.IGNORECASE)
_WEIGHS = re.compile(r"\bweigh(?:s|ed|ing|t of)?\b[^.,;]{0,25}\Z", re.IGNORECASE)
_HYPHENED = re.compile(r"-pound\Z", re.IGNORECASE)
_PRICED_THING = re.compile(
    rf"-(?:a|per)-| (?:\w+[ -]){{0,2}}?(?:{'|'.join(_WORDS['money_nouns'] + _WORDS['priced_things'])})\b", re.IGNORECASE
)
_HIGHER = re.compile(r" (?:higher|lower)\b", re.IGNORECASE)
_KIND = re.compile(rf"[ -](?:{'|'.join(_WORDS['kinds_of_money'])})\b", re.IGNORECASE)
_PER_MANY = re.compile(rf" per \d+ (?:{_alternatives(list(_PER_UNITS))})s?\b", re.IGNORECASE)
_PHRASE_END = re.compile(
    r"\s*(?:[^\w\s]|\Z|\n|(?:a|an|per|each|in|for|on|by|more|from|at|and|or|to|with|as|over|is|was|will|has|had)\b)", re.IGNORECASE
)
_RATE = re.compile(
    r" ?(?:(?:to|per|on|against|for|/) ?(?:the |one |each |every |a |1 )?|an? )(?:US |U\.S\. |American )?"
    r"(?:dollar|euro|pound|greenback)(?<! a pound)(?<! per pound)(?![\w-]| (?:fund|bond))| ?/ ?(?:US)?[$€£](?! ?\d)"
    rf"| (?:of|from|in|out of|on|for) (?:each|every) (?:{'|'.join(_WORDS['quoted_currencies'])})\b"
)
_PEOPLE = re.compile(
    rf"\b(?:{'|'.join(_WORDS['people_words'])})(?: (?:about|some|over|more than|nearly|almost|up to|another))? \Z", re.IGNORECASE
)
_PRICES_OF = re.compile(r"\b(?:in|constant|real|current)(?: constant| real| current)? \Z", re.IGNORECASE)
_EQUALS = re.compile(r" ?= ?| (?:equals|is worth|buys|bought) ")
_TITLE_CASE = re.compile(r"(?<![^\s“\"‘'(])[A-Z][\w’'.-]* \Z")
_TICKER = re.compile(r"[A-Za-z_]")


def read_modifier(text: str, start: int, end: int) -> tuple[str, int, int]:
    """How an amount at [start, end) is qualified → (modifier, where it begins, end of amount and following modifier)."""
    window = text[max(0, start - 40) : start]
    found = _MODIFIER.search(window)
    if found:
        word = found[1].casefold()
        ambiguous = word in ("over", "about", "above", "under") and _ABOUT_WHAT.search(window[: found.start()])
        if not ambiguous:
            return _MODIFIER_OF[word], start - len(window) + found.start(), end
    behind = _BEHIND.match(text, end)
    if behind and behind.lastgroup:
        return behind.lastgroup, start, behind.end()
    return "exact", start, end


def read_per(text: str, end: int) -> str | None:
    """The unit an amount that ends here is counted by ("a year", "/bbl", "per share", "annually"), else None."""
    found = _PER.match(text, end)
    if not found:
        return None
    if found["adverb"]:
        return _ADVERBS.get(found["adverb"].casefold())
    if found["any"]:
        return found["any"].casefold() if found["any"].casefold() != "cent" else None
    return _PER_UNITS[found["listed"].casefold()]


def between_cue(text: str, start: int) -> bool:
    """Does "between" stand before? ("between $2 billion and $3 billion")"""
    return _BETWEEN.search(text, max(0, start - 10), start) is not None


def is_change(text: str, start: int) -> bool:
    """Does "from X to Y" at `start` tell of a change, so that X and Y are two amounts? ("rose from $2bn to $3bn")"""
    return _CHANGE.search(text, max(0, start - 110), start) is not None


def phrase_ends(text: str, end: int) -> bool:
    """Does a phrase end here? ("$5 to 10." but not "$5 to 30 schools")."""
    return _PHRASE_END.match(text, end) is not None


def quoted_rate(text: str, end: int) -> int:
    """The end of an exchange rate that an amount ending here is quoted in ("83 rupees to the dollar"), else `end`."""
    found = _RATE.match(text, end)
    return found.end() if found else end


def tells_of_people(text: str, start: int) -> bool:
    """Does the word before a bare number count people or things ("to feed 10 million")?"""
    return _PEOPLE.search(text, max(0, start - 30), start) is not None


def is_move(text: str, start: int) -> bool:
    """Does a verb of a price's move stand right before? ("slipped four pence to 271p": by how much, and to what)"""
    return _MOVE.search(text, max(0, start - 40), start) is not None


def is_price_year(text: str, start: int) -> bool:
    """Does the number that starts here tell of which year's money one speaks ("in 2010 dollars")?"""
    return (
        _PRICES_OF.search(text, max(0, start - 18), start) is not None
        and re.match(r"(?:19|20)\d\d\b(?! ?[.,]\d)", text[start : start + 8]) is not None
    )


def equated(text: str, end: int) -> bool:
    """Is the amount that ends here set equal to another ("US$1 = Rs 83")?"""
    return _EQUALS.match(text, end) is not None


def is_priced(text: str, end: int) -> bool:
    """Does a unit that prices are counted by follow ("a litre", "per 100 kilos")?"""
    found = _PER.match(text, end)
    return (found is not None and (found["listed"] or found["adverb"]) is not None) or _PER_MANY.match(text, end) is not None


def is_price_of(text: str, end: int) -> bool:
    """Does a thing follow that is counted in money ("a 500-pound fine")?"""
    return _PRICED_THING.match(text, end) is not None


def is_price_move(text: str, start: int, end: int) -> bool:
    """Is it by how much a price moved ("rose 6 marks", "closed two crowns lower")?"""
    return is_move(text, start) or _HIGHER.match(text, end) is not None


def is_kind_of_money(text: str, end: int) -> bool:
    """Does the currency's name only tell a kind of thing ("20 euro zone members", "5 dollar-denominated bonds")?"""
    return _KIND.match(text, end) is not None


def is_weight(text: str, start: int, end: int, unit: Unit, has_magnitude: bool) -> bool:
    """Are these pounds a weight? ("5 million pounds of cocaine", "2,000-pound bombs"; not "5 million pounds of debt")

    The pounds stand at [start, end).
    """
    if unit.family != "pound":
        return False
    if not has_magnitude and not unit.symbol and (_WEIGHS.search(text, max(0, start - 40), start) or _HYPHENED.search(text, start, end)):
        return not is_price_of(text, end)
    if _WEIGHED.match(text, end):
        return _MONEY_NOUNS.match(text, end) is None
    return False


def looks_like_other(text: str, start: int, end: int, unit: Unit) -> bool:
    """Is a symbol with a number something else: a product ("K5"), a rapper, a ticker, a shell variable?"""
    following = text[end : end + 1]
    if text.startswith("Won ", start) and _TITLE_CASE.search(text, max(0, start - 30), start):  # "Party Won 3 Million Votes"
        return True
    if unit.symbol and unit.family == "dollar" and following and _TICKER.match(following) and not text[end - 1].isalpha():
        return True
    return following == "_" or (following == "-" and text[end + 1 : end + 4].isdigit() and text[end + 4 : end + 5] == "-")

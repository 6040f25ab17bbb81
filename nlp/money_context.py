"""What do the words around an amount say: how exact it is, per what it is counted, and whether it is money at all?"""

from __future__ import annotations

import re

from nlp.currencies import Unit

_BEFORE = {
    "about": (
        "about", "around", "approximately", "approx", "approx.", "roughly", "some", "nearly", "almost", "close to", "circa", "c.", "ca.", "ca",
        "~", "an estimated", "estimated at", "estimated", "in the region of", "in the neighborhood of", "in the neighbourhood of", "something like",
        "somewhere around", "virtually", "practically", "just about", "in the order of", "on the order of", "of the order of", "a reported",
    ),
    "more_than": (
        "more than", "over", "above", "exceeding", "in excess of", "upwards of", "upward of", "north of", "greater than", "just over", "well over",
        "a little over", "slightly more than", "better than", "higher than", "just above", ">", "beyond", "not less than just over",
    ),
    "less_than": (
        "less than", "under", "below", "fewer than", "just under", "well under", "just below", "lower than", "short of", "south of", "<", "slightly less than",
        "just shy of", "shy of", "well below",
    ),
    "up_to": (
        "up to", "as much as", "as many as", "a maximum of", "maximum of", "at most", "no more than", "not more than", "not exceeding", "not to exceed",
        "a ceiling of", "as high as", "upto", "≤", "capped at", "a cap of",
    ),
    "at_least": ("at least", "no less than", "not less than", "a minimum of", "minimum of", "no fewer than", "at minimum", "a floor of", "≥", "no lower than"),
}  # fmt: skip
_MODIFIER_OF = {phrase: modifier for modifier, phrases in _BEFORE.items() for phrase in phrases}
_MODIFIER = re.compile(
    r"(?<![^\s(\[–—“\"'‘-])(%s)(?: (?:a|an|the))?\s*(?:between )?\Z" % "|".join(map(re.escape, sorted(_MODIFIER_OF, key=len, reverse=True))),
    re.IGNORECASE,
)
_BEHIND = re.compile(r"(?P<at_least>,? or more\b|,? or above\b|,? at least\b|,? at a minimum\b)|(?P<about>,? or so\b|,? or thereabouts\b|-odd\b)|(?P<more_than> ?\+(?!\d)|-?plus\b| plus\b(?! \w+ (?:of|in)))|(?P<up_to>,? or less\b|,? at most\b|,? at the most\b|,? or under\b)")
# "a dispute over $5 billion", "talks about $5 billion": the word tells what it is about, not how much.
_ABOUT_WHAT = re.compile(r"\b(?:disput\w+|row|fight\w*|battle\w*|concern\w*|clash\w*|deadlock|talks?|question\w*|lawsuit|sued|argu\w+|spread|control|worri\w+)\s\Z", re.I)

_PER_UNITS = {
    "year": "year", "yr": "year", "annum": "year", "month": "month", "week": "week", "day": "day", "hour": "hour", "hr": "hour", "quarter": "quarter",
    "share": "share", "unit": "unit", "barrel": "barrel", "bbl": "barrel", "tonne": "tonne", "metric ton": "tonne", "metric tonne": "tonne", "mt": "tonne",
    "ton": "ton", "short ton": "ton", "ounce": "ounce", "oz": "ounce", "troy ounce": "ounce", "pound": "pound", "lb": "pound", "kilo": "kg", "kilogram": "kg",
    "kg": "kg", "kilogramme": "kg", "gallon": "gallon", "litre": "litre", "liter": "litre", "bushel": "bushel", "head": "person", "person": "person",
    "capita": "person", "piece": "piece", "acre": "acre", "hectare": "hectare", "mile": "mile", "square foot": "square foot", "square metre": "square metre",
    "square meter": "square metre", "megawatt hour": "MWh", "megawatt-hour": "MWh", "mwh": "MWh", "kwh": "kWh", "kilowatt hour": "kWh",
    "kilowatt-hour": "kWh", "million british thermal units": "mmBtu", "mmbtu": "mmBtu", "barrel of oil equivalent": "barrel", "student": "student",
    "employee": "employee", "household": "household", "night": "night", "ticket": "ticket", "vehicle": "vehicle", "car": "car", "bond": "bond",
    "warrant": "warrant", "ads": "ads", "adr": "adr", "dose": "dose", "plane": "plane", "aircraft": "aircraft", "job": "job", "worker": "worker", "child": "child",
}  # fmt: skip
_PER = re.compile(
    r"(?:[ -](?:a|an|each|every)[ -]|,? ?/ ?|,?[ -]per[ -]|, )(?P<listed>%s)s?\b|[ -]per[ -](?P<any>[a-z]+)\b|,? (?P<adverb>annually|yearly|monthly|weekly|daily|hourly|apiece|p\.a\.|pa\b|per cent)"
    % "|".join(sorted(map(re.escape, _PER_UNITS), key=len, reverse=True)),
    re.IGNORECASE,
)
_ADVERBS = {"annually": "year", "yearly": "year", "monthly": "month", "weekly": "week", "daily": "day", "hourly": "hour", "apiece": "piece", "p.a.": "year", "pa": "year"}

_CHANGE = re.compile(
    r"\b(?:rose|rise[sn]?|rising|fell|falls?|fallen|falling|increas\w+|decreas\w+|cut|raised?|raising|grew|grows?|grown|up|down|declin\w+|jump\w*|dropp?\w*|widen\w*|narrow\w*"
    r"|climb\w*|surg\w+|plung\w+|slipp?\w*|lower\w*|boost\w*|doubl\w+|tripl\w+|trimm?\w*|soar\w*|shr[aiu]nk\w*|slid\w*|went|moved?|expand\w+|reduc\w+|swung|improv\w+|advanc\w+|upgrad\w+)\b[^.;:]{0,60}\bfrom\s\Z",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\s\Z", re.IGNORECASE)
_MONEY_NOUNS = re.compile(
    r" of (?:\w+[ -]){0,2}(?:debts?|funding|investments?|aid|loss(?:es)?|money|cash|taxpayers?|savings|loans?|bonds?|shares|profits?|assets|support|tax(?:es)?|revenues?|spending|capital|equity|sales|business|exports|imports|help|credit|stock|public|government|damage|contracts?|orders|fines?|finance|relief|budget)",
    re.IGNORECASE,
)
_WEIGHED = re.compile(r" (?:of \w+|per square|in weight|heavier|lighter|overweight|thrust|(?:a|an|per) acre)", re.IGNORECASE)
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
    if found[0].startswith(", "):
        return None
    return _PER_UNITS[found["listed"].casefold()]


def between_cue(text: str, start: int) -> bool:
    """Does "between" stand before? ("between $2 billion and $3 billion")"""
    return _BETWEEN.search(text, max(0, start - 10), start) is not None


def is_change(text: str, start: int) -> bool:
    """Does "from X to Y" at `start` tell of a change, so that X and Y are two amounts? ("rose from $2bn to $3bn")"""
    return _CHANGE.search(text, max(0, start - 110), start) is not None


def is_weight(text: str, end: int, unit: Unit, has_magnitude: bool) -> bool:
    """Are these pounds a weight? ("5 million pounds of cocaine", "a 200 pounds man"; not "5 million pounds of debt")"""
    if unit.family != "pound":
        return False
    if _WEIGHED.match(text, end):
        return _MONEY_NOUNS.match(text, end) is None
    return False


def looks_like_other(text: str, start: int, end: int, unit: Unit) -> bool:
    """Is a symbol with a number something else: a product ("K5"), a rapper, a ticker, a shell variable?"""
    following = text[end : end + 1]
    if unit.symbol and unit.family == "dollar" and following and _TICKER.match(following) and not text[end - 1].isalpha():
        return True
    return following == "_" or (following == "-" and text[end + 1 : end + 4].isdigit() and text[end + 4 : end + 5] == "-")

"""Where titles of public office stand in running text: "Minister of Internal Affairs and Communications", "industry chief".

A title is grown from its head ("minister", "chief"): to the left over ranks and portfolios, to the right over "of/for/to …" as long
as the words belong to portfolios, so that a following name stays out. Countries and bodies stay out too ("Japan's", "of Japan",
"FBI"): they are entities of their own. Works on plain text, before any model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlp import lexicons

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|\b(?:Sen|Rep|Gen|Adm|Col|Gov|Amb|Lt|Maj|Brig)\.|[^\W_]+(?:['’](?!s\b)[^\W_]+)*|\n+|\S")
_ARTICLES = {"the", "a", "an", "his", "her", "its", "their", "our"}
_PREPOSITIONS = {"of", "for", "on"}
_CONNECTORS = {"and", "&", ",", "/"}
_TO_HEADS = {"adviser", "advisor", "assistant", "counsellor", "counselor", "secretary", "envoy", "spokesperson", "spokesman", "spokeswoman",
             "ambassador", "representative", "commissioner", "director", "aide", "staff", "chief", "sherpa", "nuncio", "minister",
             "coordinator", "delegate", "ambassadors", "plenipotentiary"}  # fmt: skip
_ABROAD = {
    "ambassador",
    "ambassadors",
    "envoy",
    "envoys",
    "representative",
    "representatives",
    "consul",
    "commissioner",
    "nuncio",
    "delegate",
    "affaires",
}
_TOP = {
    "president",
    "king",
    "queen",
    "emperor",
    "emir",
    "sultan",
    "pope",
    "prime",
    "premier",
    "chancellor",
    "taoiseach",
    "monarch",
    "prince",
    "princess",
}
# Heads that are also names or common words: an office in lower case only before a name.
_CAPITAL_ONLY = {
    "king",
    "queen",
    "prince",
    "princess",
    "pope",
    "emperor",
    "sultan",
    "emir",
    "premier",
    "sheriff",
    "ruler",
    "empress",
    "amir",
}
_NO_NAME = {"Motors", "Electric", "Dynamics", "Mills", "Assembly", "Council", "Secretariat", "Affairs", "County", "Street", "Avenue", "Air", "City",
            "University", "College", "Hospital", "Department", "Ministry", "Committee", "Commission", "Office", "Agency", "Bank", "Conference", "Counsel", "Court",
            "Atomics", "Foods", "Agreement", "Accord", "Fund", "Ministries", "Departments", "Barbs", "Manager", "Session", "Island", "Islands", "Airport", "Bridge", "League", "Foundation", "Board", "Session", "Debate", "Elections", "Election"}  # fmt: skip
# Behind these "of" leads to a state, a town or a body, which is an entity of its own.
_OF_PLACES = _TOP | {"mayor", "governor", "senator", "spokesperson", "spokesman", "spokeswoman", "speaker"}
_EXECUTIVE = {
    "chief executive officer",
    "chief executive officers",
    "chief financial officer",
    "chief operating officer",
    "chief technology officer",
}


@dataclass(frozen=True, slots=True)
class OfficeSpan:
    """A title at code points [start, end) of the text; `plural` for "Foreign Ministers"."""

    start: int
    end: int
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The last word or words of a title, the role they stand for alone, and how sure they are a public office (`offices.json`)."""

    words: tuple[str, ...]
    role: str
    strength: str
    plural: bool


@cache
def heads() -> dict[str, tuple[Head, ...]]:
    """First word → heads that begin with it, longest first; hyphens count as spaces, plurals are formed."""
    table: dict[str, dict[tuple[str, ...], Head]] = {}
    for phrase, entry in lexicons.load("offices")["heads"].items():
        words = tuple(phrase.replace("’", "'").replace("-", " ").split())
        for form, plural in ((words, False), *((p, True) for p in _plurals(words))):
            table.setdefault(form[0], {}).setdefault(form, Head(form, entry["role"], entry["strength"], plural))
    return {first: tuple(sorted(group.values(), key=lambda h: -len(h.words))) for first, group in table.items()}


def _plurals(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    plural = lambda w: w[:-1] + "ies" if w.endswith("y") and w[-2:-1] not in "aeo" else w + ("en" if False else "s")  # noqa: E731
    men = lambda w: w[:-3] + "men" if w.endswith("man") else plural(w)  # noqa: E731
    place = next((k for k in range(1, len(words)) if words[k] in ("of", "general", "to", "elect")), len(words)) - 1
    yield (*words[:place], men(words[place]), *words[place + 1 :])
    if place != len(words) - 1:
        yield (*words[:-1], men(words[-1]))


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """Portfolio words, rank words, body heads, words of status, portfolio words too common to stand left of a lower-case head."""
    data = lexicons.load("offices")
    terms = {w for group in lexicons.load("portfolios")["portfolios"].values() for t in group for w in re.split(r"[\s,-]+", t)}
    terms |= {w for t in data["complement_words"] for w in t.split("-")}
    terms |= {w.lower() for d in lexicons.load("portfolios")["us_departments"] for w in d.split()}
    terms -= {"and", "of", "the", "or", "in", "for", "office", "council", "bank", "agency", "commission", "house", "board", ""}
    rank = {w for w in data["rank"]["deputy"] + data["rank"]["neutral"]} - {
        "of-state",
        "house",
        "white",
        "council",
        "bank",
        "committee",
        "commission",
    }
    bodies = {h for h in lexicons.load("public_bodies")["heads"] if " " not in h} | {"institute", "university", "bank", "fund", "team", "division", "centre",
                                                                                   "center", "section", "branch", "corporation", "party", "organisation", "organization", "mission", "unit", "embassy"}  # fmt: skip
    bodies -= {
        "treasury",
        "customs",
        "cabinet",
        "service",
        "congress",
        "parliament",
        "senate",
        "police",
        "army",
        "navy",
        "administration",
        "government",
    }
    status = {"former", "acting", "interim", "caretaker", "ex", "outgoing", "incoming"}
    return frozenset(terms), frozenset(rank), frozenset(bodies), frozenset(status), frozenset(data["never_left"])


@dataclass(slots=True)
class _Words:
    """The text as words with their places; hyphens are words of their own."""

    text: list[str]
    lower: list[str]
    start: list[int]
    end: list[int]

    def __len__(self) -> int:
        return len(self.text)

    def capital(self, i: int) -> bool:
        return 0 <= i < len(self.text) and self.text[i][:1].isupper()

    def is_word(self, i: int) -> bool:
        return 0 <= i < len(self.text) and self.text[i][:1].isalpha()

    def touching(self, i: int) -> bool:
        """No white space between word i and the one before."""
        return i > 0 and self.start[i] == self.end[i - 1]


def _split(text: str) -> _Words:
    found = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    words = [w for w, _, _ in found]
    return _Words(words, [w.lower().replace("’", "'") for w in words], [s for _, s, _ in found], [e for _, _, e in found])


def find_offices(text: str) -> list[OfficeSpan]:
    """The titles of office in a text, in order, not overlapping. "and" joins titles of one person ("… and Special Envoy for X").

    Country and body names in front ("Japanese", "FBI") and behind ("of Japan") are left out, but not those a title needs
    ("Ambassador to Oman"). Needs no model: about 1 µs a word.
    """
    words = _split(text)
    table = heads()
    found: list[OfficeSpan] = []
    floor = 0
    i = 0
    abbreviations = lexicons.load("offices")["abbreviations"]
    while i < len(words):
        title = None
        if words.lower[i] in table:
            title = _title_at(words, i, floor)
        elif words.text[i] in abbreviations and _abbreviated(words, i):
            title = (i, i + 1, False)
        if title is None:
            i += 1
            continue
        start, end, plural = title
        end = _joined(words, start, end, plural)
        found.append(OfficeSpan(words.start[start], words.end[end - 1], plural))
        floor = i = end
    return found


def head_at(words: _Words, i: int) -> tuple[Head, int] | None:
    """The longest head that begins at word i, and the index after it; a hyphen between its words is skipped."""
    for head in heads().get(words.lower[i], ()):
        j = i
        for k, word in enumerate(head.words):
            if k and j < len(words) and words.text[j] in "-–" and words.touching(j):
                j += 1
            if j >= len(words) or words.lower[j] != word:
                break
            j += 1
        else:
            return head, j
    return None


def title_head(text: str) -> Head | None:
    """The head of a text that is a title by itself ("Deputy Director General"); None where it has none."""
    words = _split(text)
    found = [got[0] for i in range(len(words)) if words.lower[i] in heads() and (got := head_at(words, i))]
    if not found and any(w in lexicons.load("offices")["abbreviations"] for w in words.text):
        return Head((text.lower(),), "", "strong", False)
    return found[0] if found else None


def _title_at(words: _Words, i: int, floor: int) -> tuple[int, int, bool] | None:
    """The title whose head begins at word i: (start, end, plural), or None where it is no public office."""
    got = head_at(words, i)
    if got is None:
        return None
    head, after = got
    if head.words[-1] in _vocabulary()[1] and _head_follows(words, after, words.capital(i)):
        return None
    if " ".join(words.lower[i : i + 3]) in _EXECUTIVE or words.lower[after : after + 1] == ["officer"]:
        return None
    start, left_terms = _grow_left(words, i, floor)
    end, right_terms = _grow_right(words, i, after, head)
    if not _is_office(words, start, i, after, end, head, left_terms or right_terms):
        return None
    if words.lower[end : end + 1] in (["designate"], ["emeritus"]):
        end += 1
    elif words.text[end : end + 1] in (["-"], ["–"]) and words.lower[end + 1 : end + 2] in (["elect"], ["designate"]):
        end += 2
    elif words.lower[end : end + 1] == ["elect"] and words.capital(end) == words.capital(i):
        end += 1
    return start, end, head.plural


def _head_follows(words: _Words, j: int, capital: bool) -> bool:
    """Does a longer title go on at j ("Deputy | National Security Adviser", "chief | negotiator")?"""
    terms, rank, *_ = _vocabulary()
    for _ in range(6):
        if j < len(words) and words.text[j] in "-–":
            j += 1
        if j >= len(words) or not words.is_word(j) or (capital and not words.capital(j)):
            return False
        if words.lower[j] in heads() and head_at(words, j):
            return True
        if words.lower[j] not in terms and words.lower[j] not in rank:
            return False
        j += 1
    return False


def _grow_left(words: _Words, i: int, floor: int) -> tuple[int, bool]:
    """The title's first word, and whether portfolio words stand there."""
    terms, rank, bodies, status, never = _vocabulary()
    capital = words.capital(i)
    start, has_terms, joined = i, False, False
    p = i - 1
    while p >= floor:
        word = words.lower[p]
        if words.text[p] in "-–" and words.touching(p) and p > floor:
            p -= 1
            continue
        if word in ("and", "&") and start <= i and has_terms and _is_term(words, p - 1, capital) and words.lower[p - 1] not in never:
            joined = True
            p -= 1
            continue
        if word == "," and joined and _is_term(words, p - 1, capital):
            p -= 1
            continue
        if not words.is_word(p) or (capital and not words.capital(p)) or word in bodies:
            break
        if word in status:
            start = p
            break
        if words.text[p].isupper() and _acronym_of_body(words.text[p]):
            break
        if lexicons.code_of(words.text[p]) and words.capital(p):
            break
        if word in terms and (capital or word not in never):
            has_terms = True
        elif word not in rank or (not capital and words.capital(p) and p and words.text[p - 1] not in ".\n"):
            break
        start = p
        p -= 1
    while start < i and words.lower[start] in ("and", "&", ","):
        start += 1
    return start, has_terms


def _is_term(words: _Words, p: int, capital: bool) -> bool:
    return p >= 0 and words.lower[p] in _vocabulary()[0] and (not capital or words.capital(p))


def _grow_right(words: _Words, i: int, after: int, head: Head) -> tuple[int, bool]:
    """The index after the title's complement, and whether that holds portfolio words or another office."""
    end, has_terms = after, False
    if words.lower[after : after + 2] == ["without", "portfolio"]:
        return after + 2, True
    if words.lower[after : after + 5] in (["of", "the", "council", "of", "ministers"], ["of", "the", "joint", "chiefs", "of"]):
        return after + 5 + (words.lower[after + 5 : after + 6] == ["staff"]), True
    last = head.words[-1].removesuffix("s") if head.plural else head.words[-1]
    if head.role in ("minister", "deputy_minister") and _bare_complement(words, after):
        stop, known = _complement(words, after, capital=True, abroad=False)
        if stop is not None and known:
            end, has_terms = stop, True
    for _ in range(3):
        j = end
        if words.lower[j : j + 1] == ["on"] and last not in ("adviser", "advisor", "envoy", "representative", "coordinator", "rapporteur"):
            break
        if words.lower[j : j + 2] in (["responsible", "for"], ["in", "charge"]):
            j += 2 + (words.lower[j + 1] == "charge")
        elif (
            j < len(words)
            and words.lower[j] in _PREPOSITIONS
            and not (head.words[0] in _TOP and len(head.words) < 3 and words.lower[j] == "of")
        ):
            j += 1
        elif words.lower[j : j + 1] == ["to"] and (last in _TO_HEADS or last in _ABROAD):
            target = _target(words, j + 1, abroad=last in _ABROAD)
            if target:
                return target, True
            break
        else:
            break
        first = j + (words.lower[j : j + 1] == ["the"])
        capital = words.capital(i) and words.capital(first)
        stop, known = _complement(words, j, capital=capital, abroad=last in _ABROAD and words.lower[j - 1] != "of")
        if stop is None:
            break
        end, has_terms = stop, has_terms or known
    return end, has_terms


def _bare_complement(words: _Words, j: int) -> bool:
    """Do capitalised portfolio words follow the head without a preposition ("Deputy Secretary Cyber and Infrastructure Security")?"""
    terms = _vocabulary()[0]
    if not (words.capital(j) and words.lower[j] in terms and words.lower[j] not in heads() and not lexicons.is_given_name(words.text[j])):
        return False
    follower = j + 2 if words.lower[j + 1 : j + 2] in (["and"], ["&"], [","]) else j + 1
    return words.capital(follower) and words.lower[follower] in terms and words.lower[follower] not in heads()


def _target(words: _Words, j: int, *, abroad: bool) -> int | None:
    """The index after "the President", "Mexico", "the United Nations" behind "to"."""
    if j < len(words) and words.lower[j] in _ARTICLES:
        j += 1
    if j >= len(words):
        return None
    if abroad:
        return country_end(words, j)
    for k in range(j, min(j + 7, len(words))):
        got = head_at(words, k) if words.lower[k] in heads() else None
        if got and not (got[0].words[-1] in _vocabulary()[1] and _head_follows(words, got[1], words.capital(k))):
            return _grow_right(words, k, got[1], got[0])[0]
        if words.lower[k] == "treasury":
            return k + 1
        if words.lower[k] not in _vocabulary()[0] and words.lower[k] not in _vocabulary()[1] and not (k > j and words.lower[k] == "and"):
            return None
    return None


def country_end(words: _Words, j: int) -> int | None:
    """The index after the name of a state or bloc that begins at word j, longest first."""
    for length in range(min(7, len(words) - j), 0, -1):
        piece = "".join(words.text[k] + (" " if k + 1 < j + length and not words.touching(k + 1) else "") for k in range(j, j + length))
        surface = lexicons.codes_by_form().get(piece)
        if surface and surface.kind == "name":
            return j + length
    return None


def _complement(words: _Words, j: int, *, capital: bool, abroad: bool) -> tuple[int | None, bool]:
    """The index after the words behind "of/for", or None where they name a body, a country or a person; and whether known ones are among them."""
    terms, rank, bodies, _, _ = _vocabulary()
    if j < len(words) and words.lower[j] in _ARTICLES:
        j += 1
    if j >= len(words) or (not abroad and country_end(words, j)):
        return None, False
    end, known, strange, k = None, False, False, j
    while k < len(words):
        word = words.lower[k]
        upper = words.capital(k)
        if not words.is_word(k):
            if words.text[k] in "-–/" and words.touching(k) and words.is_word(k + 1):
                k += 1
                continue
            if word not in _CONNECTORS or k == j:
                break
            nxt = k + 1
            if word == "," and words.lower[nxt : nxt + 1] in (["and"], ["&"]):
                nxt += 1
            if words.lower[nxt : nxt + 1] == ["the"]:
                nxt += 1
            if not (_continues(words, nxt, capital) and (word != "," or _list_goes_on(words, k, capital))):
                break
            k = nxt
            continue
        if word in ("and", "of", "the", "for", "in") and k > j:
            nxt = k + 1
            if words.lower[nxt : nxt + 1] == ["the"]:
                nxt += 1
            if word in ("for", "in") or (nxt < len(words) and country_end(words, nxt) and not abroad):
                break
            if word == "and" and _title_starts(words, k + 1):
                break
            if not (_continues(words, nxt, capital) or (word == "and" and known and upper_unknown(words, nxt, capital))):
                break
            k = nxt
            continue
        if word in bodies:
            return None, False
        if word in heads() and k > j and words.text[k] not in ("General",) and word not in terms:
            break
        if (word in terms or word in rank) and (upper or not capital or word in terms):
            if capital and not upper and end is not None and words.lower[k - 1] not in ("and", ",", "of", "the", "-"):
                break
            if not capital and upper and end is not None and not words.capital(end - 1):
                break
            end, known, k = k + 1, known or word in terms, k + 1
            continue
        # An unknown capitalised word belongs to the title behind a connector or before a known one; else it begins a name.
        if upper and (k == j or words.lower[k - 1] in ("and", "of", "the", "for", ",", "-")) and (capital or abroad):
            if _person_follows(words, k):
                break
            end, strange, k = k + 1, True, k + 1
            continue
        if upper and capital and words.capital(k + 1) and words.lower[k + 1] in terms and not lexicons.is_given_name(words.text[k]):
            end, strange, k = k + 1, True, k + 1
            continue
        break
    if end is None or not (known or strange) or (words.text[end : end + 1] in (["'"], ["’"]) and words.lower[end + 1 : end + 2] == ["s"]):
        return None, False
    return end, known


def upper_unknown(words: _Words, j: int, capital: bool) -> bool:
    """A capitalised word that no list knows and no name or title begins with: "Hajj and Umrah"."""
    return (
        capital
        and words.capital(j)
        and not words.capital(j + 1)
        and not lexicons.is_given_name(words.text[j])
        and not country_end(words, j)
    )


def _continues(words: _Words, j: int, capital: bool) -> bool:
    if j >= len(words) or not words.is_word(j) or words.lower[j] in heads() and words.lower[j] not in _vocabulary()[0]:
        return False
    if words.lower[j] in _vocabulary()[0]:
        return words.capital(j) or not capital
    return (
        words.capital(j)
        and capital
        and words.lower[j + 1 : j + 2] != []
        and words.lower[j + 1] in _vocabulary()[0]
        and words.capital(j + 1)
    )


def _list_goes_on(words: _Words, k: int, capital: bool) -> bool:
    """Is the comma at k inside "Economy, Trade and Industry": does "and" with a portfolio follow before the list ends?"""
    terms = _vocabulary()[0]
    for j in range(k + 1, min(k + 16, len(words))):
        word = words.lower[j]
        if word in ("and", "&"):
            return _continues(words, j + 1, capital) and not _title_starts(words, j + 1)
        if (
            word != ","
            and word not in terms
            and not (words.text[j] in "-" or words.capital(j) and capital and words.lower[j + 1 : j + 2] and words.lower[j + 1] in terms)
        ):
            # "Economy Trade, Industry": a pair without "and" only where the next comma or end comes at once
            return False
    return False


def _person_follows(words: _Words, k: int) -> bool:
    """Does a name of two words or more that is none of the portfolio words begin at k?"""
    terms = _vocabulary()[0]
    return lexicons.is_given_name(words.text[k]) and words.capital(k + 1) and words.lower[k + 1] not in terms


def _title_starts(words: _Words, j: int) -> bool:
    """Does another title begin at j (its head within the next words)?"""
    terms, rank, *_ = _vocabulary()
    for k in range(j, min(j + 7, len(words))):
        if words.lower[k] in heads():
            got = head_at(words, k)
            if got and (got[0].strength != "weak" or k > j or words.lower[got[1] : got[1] + 1] in (["of"], ["for"], ["to"])):
                return True
        if not words.is_word(k) and words.text[k] not in "-–":
            return False
        if words.lower[k] not in terms and words.lower[k] not in rank:
            return False
    return False


def _is_office(words: _Words, start: int, i: int, after: int, end: int, head: Head, has_terms: bool) -> bool:
    """Is the grown title a public office, by its head's strength and what stands around it?"""
    first, last = head.words[0], head.words[-1]
    capital = words.capital(i)
    named = _name_follows(words, end)
    if head.words == ("general",) or head.strength == "title":
        return (
            capital
            and named
            and not (start == i and words.capital(i - 1) and words.is_word(i - 1) and not lexicons.code_of(words.text[i - 1]))
        )
    if first in _CAPITAL_ONLY and start == i:
        if capital and words.capital(i - 1) and words.is_word(i - 1) and not lexicons.code_of(words.text[i - 1]):
            return False
        return (
            named
            or (capital or first in ("premier", "emperor"))
            and (words.lower[end : end + 1] == ["of"] or _named_by_country(words, start))
        )
    if (
        first == "king"
        or words.text[end : end + 1]
        and words.text[end] in _NO_NAME
        and end == after
        and capital
        and head.strength != "strong"
    ):
        return named
    if head.strength == "strong":
        return not head.plural or has_terms or start < i or len(head.words) > 1 or named
    rank = start < i and words.lower[start] in _vocabulary()[1]
    if has_terms or (rank and capital and named):
        return last not in ("officer",) or capital
    if named and capital:
        return True
    return _body_near(words, start, end, capital)


def _name_follows(words: _Words, j: int) -> bool:
    """Does something like a person's name begin at j (after "Mr." or a comma-less honorific)?"""
    if j < len(words) and words.lower[j] in ("mr", "mrs", "ms", "dr", "sir"):
        return True
    if not words.capital(j) or words.text[j] in _NO_NAME or words.lower[j] in heads() or lexicons.code_of(words.text[j]):
        return False
    if words.lower[j] in _vocabulary()[0] or words.lower[j] in _vocabulary()[1]:
        return False
    return len(words.text[j]) > 1 or words.text[j + 1 : j + 2] == ["."]


def _named_by_country(words: _Words, start: int) -> bool:
    p = start - 1
    while p > 0 and words.text[p] in ("'", "’", "s"):
        p -= 1
    return p >= 0 and words.capital(p) and lexicons.code_of(words.text[p]) is not None


def _body_near(words: _Words, start: int, end: int, capital: bool) -> bool:
    """Does a public body, an acronym or a state stand right before the title or behind "of/at/for the"?"""
    bodies = {
        *_vocabulary()[2],
        "government",
        "parliament",
        "senate",
        "police",
        "army",
        "navy",
        "treasury",
        "cabinet",
        "congress",
        "house",
        "presidency",
    }
    bodies -= {"university", "institute", "party", "fund", "corporation", "team", "centre", "center"}
    p = start - 1
    while p > 0 and words.text[p] in ("'", "’", "s"):
        p -= 1
    if p >= 0 and (words.lower[p] in bodies or (words.capital(p) and _acronym_of_body(words.text[p]))):
        return True
    if (
        p >= 0
        and words.capital(p)
        and lexicons.code_of(words.text[p])
        and (capital or words.lower[start] in ("chief", "representative", "negotiator", "coordinator"))
    ):
        return True
    if end < len(words) and words.lower[end] in ("of", "for", "at", "to", "in", ","):
        j = end + 1
        if words.lower[end] == "," and not capital:
            return False
        while j < min(end + 10, len(words)):
            word = words.lower[j]
            if word in bodies or (words.capital(j) and _acronym_of_body(words.text[j])) or country_end(words, j) and capital:
                return True
            if word in (".", ";", ":", "\n", ",", "who", "which", "said", "is", "was", "and") and words.lower[end] != ",":
                return False
            j += 1
    return False


@cache
def _body_acronyms() -> frozenset[str]:
    known = {s.form for s in lexicons.surfaces() if s.label in ("PUBLIC_BODY", "BLOC") and s.form.isupper() and len(s.form) < 9}
    return frozenset(known | set(lexicons.load("portfolios")["acronyms"]))


def _acronym_of_body(word: str) -> bool:
    return word in _body_acronyms()


def _abbreviated(words: _Words, i: int) -> bool:
    """Is an abbreviation such as "PM", "FM", "Sen." a title here, not an hour, a radio band or an agency?"""
    text = words.text[i]
    if i and words.text[i - 1][-1:].isdigit():
        return False
    if text in ("PM", "DPM", "POTUS", "USTR") or text.endswith("."):
        return text != "USTR" and not (text.endswith(".") and not _name_follows(words, i + 1)) or _name_follows(words, i + 1)
    return _name_follows(words, i + 1) or (text in ("MP", "MEP", "FM") and _named_by_country(words, i))


_PARTICLES = {
    "von",
    "van",
    "der",
    "den",
    "de",
    "la",
    "del",
    "dos",
    "da",
    "di",
    "du",
    "bin",
    "bint",
    "al",
    "el",
    "ibn",
    "abu",
    "le",
    "ul",
    "o",
    "ter",
    "ten",
    "e",
    "y",
}

_HEADLINE_VERBS = {"announces", "announce", "meets", "meet", "met", "hosts", "host", "signs", "sign", "visits", "visit", "holds", "hold", "says", "said", "calls", "call", "speaks",
                   "spoke", "launches", "launch", "welcomes", "arrives", "arrive", "discuss", "discusses", "attends", "attend", "leads", "delivers", "urges", "warns", "seeks", "unveils",
                   "tours", "receives", "pledges", "vows", "opens", "backs", "joins", "travels", "issues", "convenes", "marks", "wins", "heads", "orders", "rejects", "names", "talk", "talks", "confer", "agree", "exchange", "review", "chairs", "addresses", "congratulates", "thanks", "tells", "plans"}  # fmt: skip


def find_named(text: str, spans: list[OfficeSpan]) -> list[tuple[int, int]]:
    """The names right behind titles: capitalised words after "President" or "Minister of Trade" that no list knows as something else.

    Spans at code points, for the person recogniser to take as proposals: a title tells better than a model what follows it.
    """
    found: list[tuple[int, int]] = []
    for span in spans:
        if text[span.start : span.end].isupper() and span.end - span.start > 4:
            continue  # in capitals nothing tells where a name ends
        following = _split(text[span.end : span.end + 90])
        k = 0
        comma = following.text[:1] == [","] and text[span.start].isupper() and not span.plural
        if comma:
            k = 1
        while k < len(following) and (
            (following.capital(k) and (lexicons.is_honorific(following.text[k]) or following.lower[k].rstrip(".") in _MILITARY))
            or (k and following.text[k] == ".")
        ):
            k += 1
        first, last = k, _name_end(following, k)
        if last <= first or following.lower[first] in _vocabulary()[0] or (last - first == 1 and (comma or len(following.text[first]) < 2)):
            continue
        if span.plural and (
            any(following.lower[j] in _vocabulary()[0] for j in range(first, last))
            or (last - first == 1 and following.lower[last : last + 1] not in (["and"], [","], ["of"], ["&"]))
        ):
            continue
        if comma and not (
            last - first <= 5
            and all(following.lower[j] not in _vocabulary()[0] for j in range(first, last))
            and following.text[last : last + 1] in ([";"], [","], ["."], [], ["("], ["\n"])
        ):
            continue
        found.append((span.end + following.start[first], span.end + following.end[last - 1]))
    taken = [start for start, _ in found]
    for span in spans:
        before = _name_before(text, span) if not span.plural and not any(0 <= start - span.end <= 12 for start in taken) else None
        if before:
            found.append(before)
    return found


_BEFORE = re.compile(
    r"(?:^|[\n•;:,.–—-] |\b(?:and|with|by|of|from|for|to|met|as) |\b(?:Mr|Mrs|Ms|Dr|H\.E|Hon|Sir|Shri|Smt)\.? )([^\W\d_a-z][\w'’.-]*(?: (?:(?:von|van|der|de|la|del|dos|da|di|bin|bint|al|el|ibn|ter) )*[^\W\d_a-z][\w'’.-]*){1,4}), (?:the |(?:[\w.]+ )?[\w.]+['’]s )?$"
)


def _name_before(text: str, span: OfficeSpan) -> tuple[int, int] | None:
    """The name in "Yoo Sang-im, Minister of Science": two to five capitalised words that are no state, body or portfolio."""
    opening = max(0, span.start - 90)
    matches = _BEFORE.search(text[opening : span.start])
    if matches is None or not text[span.start].isupper():
        return None
    words = re.findall(r"[\w'’-]+", matches[1])
    terms, _, bodies, _, _ = _vocabulary()
    if lexicons.code_of(matches[1]) or any(
        w.lower() in terms or w.lower() in bodies or w.lower() in heads() or lexicons.code_of(w) for w in words
    ):
        return None
    if lexicons.has_legal_form(matches[1]) or any(w.isupper() and len(w) > 1 and i for i, w in enumerate(words)):
        return None
    start = opening + matches.start(1)
    skipped = re.match(r"(?:(?:Mr|Mrs|Ms|Dr|Hon|Sir|Shri|Smt|Eng|Prof|Rt|The|Lord|Lady)\.? )+", matches[1])
    return start + (skipped.end() if skipped else 0), opening + matches.end(1)


_MILITARY = {
    "general",
    "admiral",
    "colonel",
    "gen",
    "adm",
    "col",
    "lt",
    "maj",
    "brig",
    "captain",
    "major",
    "brigadier",
    "marshal",
    "amb",
    "ambassador",
    "lieutenant",
}


def _name_end(words: _Words, first: int) -> int:
    """The index after the capitalised words of a name that begins at `first`; `first` itself where none does."""
    last = k = first
    while k < len(words) and k - first < 6:
        word, lower = words.text[k], words.lower[k]
        if words.capital(k) and word[0].isalpha() and lower not in heads() and word not in _NO_NAME:
            if lexicons.code_of(word) or lower in _HEADLINE_VERBS or lower in _NO_START or lower in _vocabulary()[2]:
                break
            last = k + 1
        elif k and words.text[k - 1] in "-–" and words.touching(k) and words.is_word(k):
            last = k + 1
        elif not (lower in _PARTICLES and words.is_word(k)) and not (
            word in "-.’'" and k > first and (len(words.text[k - 1]) < 4 or word != ".")
        ):
            break
        k += 1
    return last


_NO_START = {
    "the",
    "in",
    "and",
    "on",
    "of",
    "at",
    "a",
    "we",
    "i",
    "to",
    "with",
    "for",
    "today",
    "after",
    "as",
    "he",
    "she",
    "it",
    "this",
    "that",
    "who",
    "if",
    "but",
}


def _joined(words: _Words, start: int, end: int, plural: bool) -> int:
    """The end of "title and title" that one person holds; the first one's end where the second begins with an article or is plural."""
    while not plural and words.capital(start) and words.lower[end : end + 1] in (["and"], ["&"]):
        second = None
        for k in range(end + 1, min(end + 8, len(words))):
            if words.lower[k] in heads():
                second = _title_at(words, k, end + 1)
                if second:
                    break
            if not words.is_word(k) and words.text[k] not in "-–" or not words.capital(k):
                break
        if second is None or second[0] != end + 1 or second[2] or not words.capital(second[0]):
            break
        bare = second[1] - second[0] <= 2 and words.lower[second[0]] in _TOP
        if bare or (start > 0 and words.lower[start - 1] in ("both", "between")):
            break
        end = second[1]
    return end

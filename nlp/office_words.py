"""The words of titles of office: how a text is split for them, which words head a title, name a portfolio, a rank or a body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nlp import lexicons

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|\b(?:Sen|Rep|Gen|Adm|Col|Gov|Amb|Lt|Maj|Brig)\.|[^\W_]+(?:['’](?!s\b)[^\W_]+)*|\n+|\S")


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
    place = next((k for k in range(1, len(words)) if words[k] in ("of", "general", "to", "elect")), len(words)) - 1
    yield (*words[:place], _plural(words[place]), *words[place + 1 :])
    if place != len(words) - 1:
        yield (*words[:-1], _plural(words[-1]))


def _plural(word: str) -> str:
    if word.endswith("man"):
        return word[:-3] + "men"
    return word[:-1] + "ies" if word.endswith("y") and word[-2:-1] not in "aeo" else word + "s"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Lower-case words: of portfolios, of ranks, heads of bodies, of status, and portfolio words too common to be left of a title."""

    terms: frozenset[str]
    ranks: frozenset[str]
    bodies: frozenset[str]
    status: frozenset[str]
    never_left: frozenset[str]


@cache
def word_set(name: str) -> frozenset[str]:
    """A list of words of `lexicons/offices.json`."""
    return frozenset(lexicons.load("offices")["words"][name])


@cache
def vocabulary() -> Vocabulary:
    """The words that titles are made of."""
    data, portfolios = lexicons.load("offices"), lexicons.load("portfolios")
    terms = {w for group in portfolios["portfolios"].values() for t in group for w in re.split(r"[\s,-]+", t)}
    terms |= {w for t in data["complement_words"] for w in t.split("-")}
    terms |= {w.lower() for d in portfolios["us_departments"] for w in d.split()}
    return Vocabulary(
        terms=frozenset(terms - word_set("not_terms") - {""}),
        ranks=frozenset(data["rank"]["deputy"] + data["rank"]["neutral"]) - word_set("not_ranks"),
        bodies=(frozenset(h for h in lexicons.load("public_bodies")["heads"] if " " not in h) | word_set("body_heads"))
        - word_set("not_body_heads"),
        status=word_set("status"),
        never_left=frozenset(data["never_left"]),
    )


@dataclass(slots=True)
class Words:
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


def split(text: str) -> Words:
    found = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    words = [w for w, _, _ in found]
    return Words(words, [w.lower().replace("’", "'") for w in words], [s for _, s, _ in found], [e for _, _, e in found])


def head_at(words: Words, i: int) -> tuple[Head, int] | None:
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
    words = split(text)
    found = [got[0] for i in range(len(words)) if words.lower[i] in heads() and (got := head_at(words, i))]
    if not found and any(w in lexicons.load("offices")["abbreviations"] for w in words.text):
        return Head((text.lower(),), "", "strong", False)
    front = split(re.split(r" (?:of|for|to|in) ", text)[0])
    before = [got[0] for i in range(len(front)) if front.lower[i] in heads() and (got := head_at(front, i))]
    return before[-1] if before else found[0] if found else None


def head_follows(words: Words, j: int, capital: bool) -> bool:
    """Does a longer title go on at j ("Deputy | National Security Adviser", "chief | negotiator")?"""
    terms, rank = vocabulary().terms, vocabulary().ranks
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


def title_starts(words: Words, j: int) -> bool:
    """Does another title begin at j (its head within the next words)?"""
    terms, rank = vocabulary().terms, vocabulary().ranks
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


def name_follows(words: Words, j: int) -> bool:
    """Does something like a person's name begin at j (after "Mr." or a comma-less honorific)?"""
    if j < len(words) and words.lower[j] in ("mr", "mrs", "ms", "dr", "sir"):
        return True
    if not words.capital(j) or words.text[j] in word_set("not_a_name") or words.lower[j] in heads() or lexicons.code_of(words.text[j]):
        return False
    if words.lower[j] in vocabulary().terms or words.lower[j] in vocabulary().ranks:
        return False
    return len(words.text[j]) > 1 or words.text[j + 1 : j + 2] == ["."]


def country_end(words: Words, j: int) -> int | None:
    """The index after the name of a state or bloc that begins at word j, longest first."""
    for length in range(min(7, len(words) - j), 0, -1):
        piece = "".join(words.text[k] + (" " if k + 1 < j + length and not words.touching(k + 1) else "") for k in range(j, j + length))
        surface = lexicons.codes_by_form().get(piece)
        if surface and surface.kind == "name":
            return j + length
    return None


def named_by_country(words: Words, start: int) -> bool:
    p = start - 1
    while p > 0 and words.text[p] in ("'", "’", "s"):
        p -= 1
    return p >= 0 and words.capital(p) and lexicons.code_of(words.text[p]) is not None


def body_near(words: Words, start: int, end: int, capital: bool) -> bool:
    """Does a public body, an acronym or a state stand right before the title or behind "of/at/for the"?"""
    bodies = {
        *vocabulary().bodies,
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
    if p >= 0 and (words.lower[p] in bodies or (words.capital(p) and is_body_acronym(words.text[p]))):
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
            if word in bodies or (words.capital(j) and is_body_acronym(words.text[j])) or (country_end(words, j) and capital):
                return True
            if word in (".", ";", ":", "\n", ",", "who", "which", "said", "is", "was", "and") and words.lower[end] != ",":
                return False
            j += 1
    return False


@cache
def _body_acronyms() -> frozenset[str]:
    known = {s.form for s in lexicons.surfaces() if s.label in ("PUBLIC_BODY", "BLOC") and s.form.isupper() and len(s.form) < 9}
    return frozenset(known | set(lexicons.load("portfolios")["acronyms"]))


def is_body_acronym(word: str) -> bool:
    return word in _body_acronyms()

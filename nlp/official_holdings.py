"""An office of one person: the readings of it that a document gives, brought together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc

from nlp import lexicons
from nlp.office_titles import Office
from nlp.official_links import Link
from nlp.references import Cluster

_RANK = re.compile(
    r"(?:(?:lt|maj|brig|vice|rear|lieutenant|major|brigadier|air|field)\.? ?)?"
    r"(?:gen|adm|col|general|admiral|colonel|marshal|amb|captain|capt|major|lt|judge|justice)\.?",
    re.I,
)


@dataclass(slots=True)
class Reading:
    """One link read: the title's office, the state its words tell, the one its delegation tells, and all clues by their place."""

    link: Link
    title: str
    office: Office
    told: str | None
    delegation: str | None
    clues: dict[str, str]


@dataclass(slots=True)
class Holding:
    """An office of one person: the readings that speak of it and the state that was settled on."""

    person: Cluster
    readings: list[Reading] = field(default_factory=list)
    code: str | None = None
    sure: float = 0.0

    @property
    def best(self) -> Reading:
        """The reading with the longest title; of equals the first."""
        return max(self.readings, key=lambda r: (len(_words(r.office.title)), -r.link.person.i))


def _words(title: str) -> set[str]:
    return set(re.findall(r"\w+", lexicons.fold(title))) - {"of", "the", "for", "and", "to", "in", "at", "a"}


def holdings_of(person: Cluster, readings: list[Reading]) -> Iterator[Holding]:
    """Readings of one office together: one title within the other, or the same role for the same state with a bare title."""
    groups: list[Holding] = []
    for reading in sorted(readings, key=lambda r: -len(_words(r.office.title))):
        words = _words(reading.office.title)
        home = next((g for g in groups if _same_office(reading, words, g)), None)
        if home is None:
            groups.append(Holding(person, [reading]))
        else:
            home.readings.append(reading)
    if len(groups) > 1:  # "Secretary of the Navy, Adm. X": a bare rank is no office of its own
        groups = [g for g in groups if not _RANK.fullmatch(g.best.office.title)] or groups
    yield from groups


def _same_office(reading: Reading, words: set[str], group: Holding) -> bool:
    other = group.best
    codes = {r.told for r in group.readings if r.told}
    if reading.told and codes and reading.told not in codes:
        return False
    longer = _words(other.office.title)
    if words <= longer:
        return True
    if any(_beside(reading, r) for r in group.readings):
        return False
    if words & longer and reading.office.role == other.office.role and 2 * len(words & longer) >= len(words):
        return True
    # "trade minister" and "Minister of Industry and Trade": one kind of office, one field in common
    mine, theirs = reading.office, other.office
    shared = not mine.portfolios or bool(set(mine.portfolios) & set(theirs.portfolios))
    return mine.role == theirs.role and shared and mine.role not in ("adviser", "other_official")


def _beside(one: Reading, other: Reading) -> bool:
    """Do two titles stand on the same side of one mention: "X: Minister of Housing; Minister of Transport"?"""
    mention, first, second = one.link.person.i, one.link.title, other.link.title
    return mention == other.link.person.i and first.start != second.start and (first.start > mention) == (second.start > mention)


def status_of(doc: Doc, reading: Reading) -> str:
    """The status by the title's own words or the word in front of it ("then Prime Minister", "the late President")."""
    if reading.link.status is not None:
        return reading.link.status
    if reading.office.status != "current":
        return reading.office.status
    k = reading.link.title.start - 1
    for _ in range(4):
        if k < 0:
            break
        word = doc[k].lower_
        if word in ("former", "ex", "then", "late", "ousted", "deposed", "erstwhile"):
            return "former"
        if word in ("acting", "interim", "caretaker"):
            return "acting"
        if word in ("incoming", "designate", "nominee"):
            return "designate"
        if word not in ("-", "’s", "'s", "the", "for") and doc[k].ent_type_ not in ("COUNTRY", "NORP", "BLOC", "PUBLIC_BODY"):
            break
        k -= 1
    return "current"


def person_name(person: Cluster) -> str:
    """The fullest form of a name without honorifics and possessive."""
    whole = re.sub(r"['’][sS]?$", "", " ".join(person.name.split()))
    name, _, tail = whole.partition(" of ")
    words = (name if tail and lexicons.code_of(tail) else whole).split(" ")
    while len(words) > 1 and (
        lexicons.is_honorific(words[0])
        or words[0].lower().rstrip(".") in ("president", "secretary", "minister", "general", "admiral", "colonel")
    ):
        words.pop(0)
    return " ".join(words).strip(" ,;")

"""Which of the records found in a document are annotated there, measure by measure?

Each measure pairs annotated and found records one to one, as many as possible, and is summed over the documents.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.training.matching import (
    FORMS_OF_ADDRESS,
    actor_key,
    is_person,
    same_amount,
    same_family,
    same_name,
    same_office,
    same_party,
    same_person,
    same_quote,
    similar_name,
    words,
)

TABLES = ("officials", "firms", "funds", "amounts", "deals", "cooperations", "instruments", "topics", "quotes")
QUOTE_WORDS = 4  # shorter quotations are not annotated
DRAWS = 1_000  # of documents with replacement, for the interval

Row = Mapping[str, Any]


@dataclass
class Measure:
    """The counts of one measure, document by document, and what went wrong."""

    name: str
    documents: list[tuple[int, int, int]] = field(default_factory=list)
    """Right, found and annotated records of each document."""
    missed: list[tuple[str, Any]] = field(default_factory=list)
    false: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def totals(self) -> tuple[int, int, int]:
        """Right, found and annotated records of all documents."""
        right, found, annotated = (sum(column) for column in zip(*self.documents)) if self.documents else (0, 0, 0)
        return right, found, annotated

    def figures(self) -> dict[str, Any]:
        """Precision, recall and F1 with its 95 % interval, and the counts."""
        right, found, annotated = self.totals
        return {
            "precision": right / found if found else 0.0,
            "recall": right / annotated if annotated else 0.0,
            "f1": _f1(right, found, annotated),
            "interval": self._interval(),
            "gold": annotated,
            "predicted": found,
        }

    def _interval(self) -> tuple[float, float]:
        """How far F1 varies when other documents of the kind had been annotated: 95 % of resamplings of the documents."""
        if not self.documents:
            return 0.0, 0.0
        draw = random.Random(0)
        drawn = sorted(_f1(*(sum(c) for c in zip(*draw.choices(self.documents, k=len(self.documents))))) for _ in range(DRAWS))
        return drawn[int(DRAWS * 0.025)], drawn[int(DRAWS * 0.975) - 1]


def _f1(right: int, found: int, annotated: int) -> float:
    return 2 * right / (found + annotated) if found + annotated else 0.0


@dataclass(frozen=True)
class Comparison:
    """What a measure compares in one document."""

    measure: str
    annotated: Sequence[Any]
    found: Sequence[Any]
    same: Callable[[Any, Any], bool]
    complete: bool = True
    """Whether all there is was annotated; else what was found beyond it counts as nothing."""


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def score_document(gold: dict[str, Any], document: Row | None, records: Mapping[str, Sequence[Row]]) -> Iterator[Comparison]:
    """The comparisons of one annotated document with its row of `documents` and its records by table (None, {}: it is not there).

    Raises KeyError, TypeError or AttributeError where an annotation lacks a field.
    """
    of = functools.partial(_listed, records)
    source = gold["source"]
    yield Comparison("documents", [source], [source] if document else [], _equal)
    yield Comparison("genre", [gold["genre"]], [document["genre"]] if document else [], _equal)
    day = str(document["published_on"]) if document and document["published_on"] else None
    yield Comparison("published", [gold.get("published")], [day] if document else [], _equal)
    parties = document["parties"] if document else None
    yield Comparison("parties", _distinct(gold.get("parties")), _distinct(parties), _equal)
    yield from _officials(gold.get("officials", []), of("officials"))
    for table in ("firms", "funds"):
        yield Comparison(table, gold.get(table, []), of(table), _same_organization)
    yield Comparison("amounts (value, currency)", gold.get("amounts", []), of("amounts"), _same_money)
    yield from _deals(gold, of("deals"))
    yield from _cooperations(gold, of("cooperations"))
    yield Comparison("instruments", _distinct(gold.get("instruments")), _distinct(row["name"] for row in of("instruments")), similar_name)
    yield Comparison("topics", _distinct(gold.get("topics")), _distinct(row["topic"] for row in of("topics")), _equal)
    quotes = [row for row in of("quotes") if row["kind"] == "direct" and len(row["text"].split()) >= QUOTE_WORDS]
    yield Comparison("quotes (speaker, text)", gold.get("quotes", []), quotes, _same_quotation)


def _listed(records: Mapping[str, Sequence[Row]], table: str) -> Sequence[Row]:
    return records.get(table, [])


def _distinct(values: Any) -> list[Any]:
    return sorted(set(values or ()))


def _officials(annotated: Sequence[Row], found: Sequence[Row]) -> Iterator[Comparison]:
    def who(one: Row, other: Row) -> bool:
        return is_person(one, other["person"]) and one["jurisdiction"] == other["jurisdiction"]

    def whole(one: Row, other: Row) -> bool:
        named = set(words(one["person"])) - FORMS_OF_ADDRESS <= set(words(other["person"]))
        return who(one, other) and named and one["role"] == other["role"] and same_office(one["office"], other["office"])

    def fields(rows: Sequence[Row]) -> list[tuple[str, str]]:
        return _distinct(
            (words(row["person"])[-1], portfolio) for row in rows if words(row["person"]) for portfolio in row["portfolios"] or ()
        )

    yield Comparison("officials (person, jurisdiction)", annotated, found, who)
    yield Comparison("officials (person, jurisdiction, role, office)", annotated, found, whole)
    yield Comparison("officials' portfolios", fields(annotated), fields(found), _equal)


def _same_organization(annotated: Row, found: Row) -> bool:
    same = same_name if annotated.get("named", True) else similar_name  # a description is never worded twice alike
    return any(same(form, found["name"]) for form in (annotated["name"], *annotated.get("aliases", ())))


def _same_money(annotated: Row, found: Row) -> bool:
    return same_amount(annotated["amount"], found["amount_min"]) and annotated["currency"] == found["currency"]


def _deals(gold: dict[str, Any], found: Sequence[Row]) -> Iterator[Comparison]:
    organizations = [*gold.get("firms", []), *gold.get("funds", [])]

    def forms_of(name: str) -> list[str]:
        return [name, *(alias for known in organizations if same_name(known["name"], name) for alias in known.get("aliases", ()))]

    def parties(one: Row, other: Row) -> bool:
        if not same_family(one["kind"], other["kind"]):
            return False
        paid = one["amount"] is not None and _same_money(one, other)
        target = not one["target"] or paid or same_party(one["target"], other["target"], forms_of)
        return target and (not one["buyers"] or any(same_party(a, b, forms_of) for a in one["buyers"] for b in other["buyers"] or ()))

    def value(one: Row, other: Row) -> bool:
        same = same_amount(one["amount"], other["amount_min"]) and (one["amount"] is None or one["currency"] == other["currency"])
        return parties(one, other) and same

    def status(one: Row, other: Row) -> bool:
        return parties(one, other) and one["status"] == other["status"]

    annotated = gold.get("deals", [])
    yield Comparison("deals (kind, parties)", annotated, found, parties)
    yield Comparison("deals (kind, parties, value)", annotated, found, value)
    yield Comparison("deals (kind, parties, status)", annotated, found, status)


def _cooperations(gold: dict[str, Any], found: Sequence[Row]) -> Iterator[Comparison]:
    complete = bool(gold.get("cooperations_complete", True))
    annotated = gold.get("cooperations", [])

    def by_topic(rows: Sequence[Row], actors: str) -> list[tuple[str, str]]:
        pairs = _distinct((actor, topic) for row in rows for actor in row[actors] or () for topic in row["topics"] or ())
        return [(actor_key(actor), topic) for actor, topic in pairs]

    def by_act(rows: Sequence[Row], actors: str) -> list[tuple[tuple[str, ...], str]]:
        return _distinct((tuple(sorted(map(actor_key, row[actors]))), row["act"]) for row in rows if row[actors])

    def same_act(one: tuple[tuple[str, ...], str], other: tuple[tuple[str, ...], str]) -> bool:
        common, every = set(one[0]) & set(other[0]), set(one[0]) | set(other[0])
        return one[1] == other[1] and 2 * len(common) >= len(every)

    topics = by_topic(annotated, "actors"), by_topic(found, "actor_codes")
    yield Comparison("cooperation (actor, topic)", *topics, _equal, complete)
    acts = by_act(annotated, "actors"), by_act(found, "actor_codes")
    yield Comparison("cooperation (actors, act)", *acts, same_act, complete)


def _same_quotation(annotated: Row, found: Row) -> bool:
    speakers = annotated["speaker"], found["speaker"] or ""
    return same_quote(annotated["text"], found["text"]) and (same_person(*speakers) or similar_name(*speakers))


def count(measure: Measure, source: str, comparison: Comparison) -> None:
    """Add a document's comparison to its measure."""
    pairs = pair(comparison.annotated, comparison.found, comparison.same)
    paired = set(pairs.values())
    measure.missed += [(source, record) for number, record in enumerate(comparison.annotated) if number not in pairs]
    if comparison.complete:
        measure.false += [(source, record) for number, record in enumerate(comparison.found) if number not in paired]
    found = len(comparison.found) if comparison.complete else len(pairs)
    measure.documents.append((len(pairs), found, len(comparison.annotated)))


def pair(annotated: Sequence[Any], found: Sequence[Any], same: Callable[[Any, Any], bool]) -> dict[int, int]:
    """As many pairs as there can be, each record in one at most: the number of the annotated record to that of the found one.

    A largest matching in the graph of what could be paired, by augmenting paths (Berge 1957), so that no order of rows matters.
    """
    candidates = [[number for number, record in enumerate(found) if same(wanted, record)] for wanted in annotated]
    holder: dict[int, int] = {}

    def give(number: int, asked: set[int]) -> bool:
        for candidate in candidates[number]:
            if candidate in asked:
                continue
            asked.add(candidate)
            if candidate not in holder or give(holder[candidate], asked):
                holder[candidate] = number
                return True
        return False

    for number in range(len(annotated)):
        give(number, set())
    return {number: candidate for candidate, number in holder.items()}

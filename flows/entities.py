"""Which entity does each name in a document's records mean?

Until linking across documents is built, an entity is what has the same label, normalised name and country. Within a document the
short forms follow the long one: "SoftBank" is the firm whose row has it among its aliases, "Kishida" the one person whose name it
ends. Money, percentages, dates, offices and nationalities are no entities.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from nlp import lexicons
from nlp.records import Cooperation, Deal, Firm, Fund, Instrument, Mention, Official, Quote, Record, digest

NAMING = ("officials", "firms", "funds", "instruments", "mentions")
"""The tables whose rows tell which forms name which entity of a document."""

IDENTIFIED = ("officials", "firms", "funds", "deals", "cooperations", "instruments", "quotes", "mentions")
"""The tables whose rows carry ids of entities."""

LINKED_LABELS = ("PERSON", "FIRM", "FUND", "PUBLIC_BODY", "ORG", "COUNTRY", "BLOC", "PLACE", "AGREEMENT")


@functools.lru_cache(maxsize=50_000)  # a name stands in many records of a document, and in many documents
def normalise_name(name: str, label: str) -> str:
    """A name without case, accents, punctuation, possessive and article; a firm's also without its legal form."""
    bare = lexicons.strip_legal_form(name) if label == "FIRM" else name
    words = re.findall(r"\w+", re.sub(r"'s?(?=\s|$)", "", lexicons.fold(bare)))
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def entity_id(label: str, name: str, country: str | None) -> str:
    """The id of an entity; countries and blocs that have a code are known by it, whatever they are called."""
    if label in ("COUNTRY", "BLOC") and country:
        return digest(label, country, country)
    return digest(label, normalise_name(name, label), country)


def label_of_code(code: str) -> str | None:
    """Whether a code of RECORDS.md is a state's or a bloc's; None for what is no code."""
    if code in lexicons.countries():
        return "COUNTRY"
    return "BLOC" if code in lexicons.blocs() else None


def code_entity(code: str | None) -> str | None:
    """The entity of the state or bloc with this code."""
    label = label_of_code(code) if code else None
    return entity_id(label, code, code) if label and code else None


class Names:
    """The entities that one document's records name, and all forms in which they do."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._forms: dict[tuple[str, str], str] = {}
        self._by_form: dict[str, str] = {}
        rows = list(records)
        for row in rows:
            if isinstance(row, Firm):
                self._add("FIRM", row.name, row.aliases, row.country)
            elif isinstance(row, Fund) and row.named:
                self._add("FUND", row.name, row.aliases, row.country)
            elif isinstance(row, Instrument):
                self._add("AGREEMENT", row.name, row.aliases, None)
            elif isinstance(row, Official):
                self._add("PERSON", row.person, (), row.jurisdiction)
        mentions = [row for row in rows if isinstance(row, Mention) and row.label in LINKED_LABELS]
        for row in sorted(mentions, key=lambda mention: -len(mention.text)):  # the fullest form first
            self._add_mention(row)

    def _add(self, label: str, name: str, aliases: Sequence[str], country: str | None) -> None:
        identity = self._forms.get((label, _form(name))) or entity_id(label, name, country)
        for form in (name, *aliases):
            self._forms.setdefault((label, _form(form)), identity)
            self._by_form.setdefault(_form(form), identity)

    def _add_mention(self, mention: Mention) -> None:
        label, text = mention.label, mention.text
        if self.of(label, text):
            return
        if label == "PERSON" and (fullest := self._fullest_person(text)):
            self._forms[label, _form(text)] = fullest
            self._by_form.setdefault(_form(text), fullest)
            return
        self._add(label, text, (), lexicons.code_of(text) if label in ("COUNTRY", "BLOC") else None)

    def _fullest_person(self, text: str) -> str | None:
        """The one person whose longer name begins or ends with these words."""
        words = _form(text).split()
        found = set()
        for (label, form), identity in self._forms.items():
            longer = form.split()
            if label == "PERSON" and len(longer) > len(words) and words in (longer[: len(words)], longer[-len(words) :]):
                found.add(identity)
        return found.pop() if len(found) == 1 else None

    def of(self, label: str, text: str | None) -> str | None:
        """The entity that a form of this label means."""
        return self._forms.get((label, _form(text))) if text else None

    def party(self, name: str) -> str:
        """The entity of a party to a deal or an act, whatever its label; "" for one that is no entity ("investors")."""
        form = _form(name)
        if not form:  # a name of marks alone is nobody's, although some mention may be one too
            return ""
        return self._by_form.get(form) or code_entity(lexicons.code_of(name)) or ""


def _form(text: str) -> str:
    return normalise_name(text, "")


def with_entities(records: Sequence[Record], names_from: Iterable[Record] | None = None) -> list[Record]:
    """The records of one document with the ids of the entities that they name.

    `names_from`: all its records of the tables `NAMING`, in the order of tables and rows, where these are not in `records`.
    """
    names = Names(records if names_from is None else names_from)
    return [_identify(record, names) for record in records]


def _identify(record: Any, names: Names) -> Record:
    match record:
        case Official():
            found = {"person_id": names.of("PERSON", record.person)}
        case Firm():
            found = {"firm_id": names.of("FIRM", record.name)}
        case Fund():
            found = {"fund_id": names.of("FUND", record.name)}
        case Instrument():
            found = {"instrument_id": names.of("AGREEMENT", record.name)}
        case Quote():
            found = {"person_id": names.of("PERSON", record.speaker)}
        case Mention():
            found = {"entity_id": names.of(record.label, record.text)}
        case Deal():
            return dataclasses.replace(
                record,
                buyer_ids=tuple(map(names.party, record.buyers)),
                target_id=names.party(record.target or "") or None,
                seller_ids=tuple(map(names.party, record.sellers)),
            )
        case Cooperation():
            return dataclasses.replace(
                record,
                actor_ids=tuple(code_entity(code) or names.party(code) for code in record.actor_codes),
                instrument_id=names.of("AGREEMENT", record.instrument),
            )
        case _:
            return record
    return dataclasses.replace(record, **found)

"""The spaCy factories: thin classes around the pure functions that read a `Doc` and yield records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp import (
    amounts,
    annotation_bytes,
    blocks,
    confidence,
    cooperation,
    deals,
    entities,
    instruments,
    lemmas,
    mentions,
    merging,
    officials,
    organizations,
    quotes,
    references,
    topics,
)
from nlp.records import Record, Text

blocks.set_extensions()


@Language.factory("communique_entities", default_config={"own_ner": False})
def make_entities(nlp: Language, name: str, own_ner: bool) -> Callable[[Doc], Doc]:
    """Rules, lexicons and model spans into one set of entities with the labels of RECORDS.md."""
    entities.prepare(nlp)

    def recognise(doc: Doc) -> Doc:
        if doc._.source is None:  # somebody called the pipeline on plain text
            blocks.place(doc, Text(text=doc.text), 0)
        doc._.model_spans = annotation_bytes.spans_of(doc)
        return entities.recognise(doc, own_ner=own_ner)

    return recognise


@Language.component("communique_merge")
def merge(doc: Doc) -> Doc:
    """Each entity one token, so that tagger and parser see a name as a name."""
    doc._.merged_spans = annotation_bytes.spans_hash(doc)
    merging.merge(doc)
    blocks.mark_block_starts(doc)
    return doc


@Language.factory("communique_lemmas")
def make_lemmas(nlp: Language, name: str) -> lemmas.CachedLemmas:
    """The base model's attribute ruler and lemmatizer, asked once per word and tag."""
    return lemmas.CachedLemmas()


@Language.component("communique_references")
def find_references(doc: Doc) -> Doc:
    """Who or what each mention stands for."""
    doc._.references = references.References(doc)
    return doc


def _register(table: str, *makers: tuple[str, Callable[[Doc], Iterator[Any]]]) -> None:
    def component(doc: Doc) -> Doc:
        for attribute, make in makers:
            rows: list[Record] = list(make(doc))
            setattr(doc._, attribute, rows)
        return doc

    Language.component(f"communique_{table}", func=component)


_register("amounts", ("amounts", amounts.amounts))
_register("topics", ("topics", topics.topics))
_register("quotes", ("quotes", quotes.quotes))
_register("officials", ("officials", officials.officials))
_register("organizations", ("firms", organizations.firms), ("funds", organizations.funds))
_register("instruments", ("instruments", instruments.instruments))
_register("deals", ("deals", deals.deals))
_register("cooperations", ("cooperations", cooperation.cooperations))
_register("mentions", ("mentions", mentions.mentions))


@Language.component("communique_confidence")
def weigh(doc: Doc) -> Doc:
    """The probability of each row, once all rows of the document are known."""
    return confidence.calibrate(doc)

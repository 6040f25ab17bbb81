"""How are records made again from annotation that was kept, with no more work than what has changed needs?

Where today's entities of a text are known and so is their parse, the record components alone run, and of these only what the wanted
tables need; the models are not even loaded. Where the entities have changed, the blocks in which they did are parsed again. Where
nothing is known, everything runs. The records are those of a fresh extraction, to the last digit.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc

from nlp import annotation_bytes, blocks, confidence, reparse
from nlp.annotation import Annotation
from nlp.pipeline import ANNOTATORS, LONG_DOCUMENT_TOKENS, Extractor, batches, build, build_records, finish
from nlp.records import RECORD_TABLES, Extraction, Text
from nlp.versions import needed_components, pipeline_version

# Each batch forgets the words that it has learned. Without the models a text costs little else, and its `Doc` goes when it is read.
_LIGHT_DOCUMENTS = 200
_LIGHT_CHARACTERS = 1_500_000

PARSERS = ANNOTATORS[ANNOTATORS.index("communique_merge") + 1 :]
"""From the merged tokens to the parse."""


@dataclass(frozen=True, slots=True)
class Reused:
    """The records of one text, the annotation that had to be made anew (`Annotation()` where none), and how many blocks were parsed."""

    extraction: Extraction
    made: Annotation
    blocks: int
    parsed_blocks: int


@dataclass
class ReusingExtractor:
    """An extractor that can start from kept annotation. The model is loaded when it is first needed."""

    model: str
    version: str = ""
    _full: Extractor | None = field(default=None, repr=False)
    _records: Language | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.version = self.version or pipeline_version(self.model)

    @property
    def full(self) -> Extractor:
        """The whole pipeline."""
        if self._full is None:
            self._full = Extractor(build(self.model), self.version)
            self._records = None
        return self._full

    def _for_records(self) -> Language:
        """What makes records of parsed Docs: the models where they are there anyway."""
        if self._full is not None:
            return self._full.language
        self._records = self._records or build_records(self.model)
        return self._records

    def prepare(self, *, parsed: bool) -> None:
        """Load now what would be loaded at the first text: `parsed` where annotation is known of all that will come."""
        if parsed:
            self._for_records()
        else:
            _ = self.full

    def extract(self, texts: Iterable[Text | str]) -> Iterator[Extraction]:
        """One `Extraction` per text, in order, from nothing but the text."""
        return self.full.extract(texts)

    def extract_annotated(
        self, texts: Iterable[Text], known: Iterable[Annotation], tables: Collection[str] | None = None
    ) -> Iterator[Reused]:
        """The records of each text in order, with the annotation that was not `known` of it.

        `tables`: those whose rows are wanted; of the others there may be rows or none. All are made where it is None.
        """
        annotations = list(known)
        light = all(one.current is not None for one in annotations)
        of = iter(annotations)
        for batch in batches(texts, _LIGHT_DOCUMENTS, _LIGHT_CHARACTERS) if light else batches(texts):
            yield from self._extract_batch(batch, list(itertools.islice(of, len(batch))), tables)

    def _extract_batch(self, texts: Sequence[Text], known: Sequence[Annotation], tables: Collection[str] | None) -> list[Reused]:
        language = self._for_records() if all(one.current for one in known) else self.full.language
        unknown = [text for text, one in zip(texts, known) if one.ner is None and one.current is None]
        with language.memory_zone():
            fresh = iter(self.full.annotate(unknown)) if unknown else iter(())
            made = []
            for text, one in zip(texts, known, strict=True):
                if one.current is not None:
                    doc = annotation_bytes.decode(language.vocab, one.current)
                    made.append(self._finish(language, doc, text, tables, Annotation(), (0, 0)))
                elif one.ner is not None:
                    made.append(self._from_ner(language, text, one, tables))
                else:
                    doc = next(fresh)
                    spans = doc._.merged_spans
                    new = Annotation(annotation_bytes.encode_ner(doc._.model_spans), spans, ((spans, annotation_bytes.encode(doc)),))
                    count = reparse.block_count(doc)
                    made.append(Reused(finish(doc, self.version), new, count, count))
        return made

    def _from_ner(self, language: Language, text: Text, known: Annotation, tables: Collection[str] | None) -> Reused:
        """Today's entities over what the model recognised before, and of the parse what they leave as it was."""
        doc = annotation_bytes.with_ner(blocks.make_doc(language, text), known.ner or b"[]")
        long = len(doc) > LONG_DOCUMENT_TOKENS
        for name in ("communique_entities", "communique_merge"):
            doc = language.get_pipe(name)(doc)
        spans = doc._.merged_spans
        before = dict(known.parsed)
        if spans in before:  # other rules, the same entities
            parsed = annotation_bytes.decode(language.vocab, before[spans])
            return self._finish(language, parsed, text, tables, Annotation(spans=spans), (reparse.block_count(parsed), 0))
        old = annotation_bytes.decode(language.vocab, known.parsed[0][1]) if known.parsed else None
        parsed, counts = reparse.parse(language, doc, old, PARSERS, long=long)
        new = Annotation(spans=spans, parsed=((spans, annotation_bytes.encode(parsed)),))
        return self._finish(language, parsed, text, tables, new, counts)

    def _finish(
        self, language: Language, doc: Doc, text: Text, tables: Collection[str] | None, made: Annotation, counts: tuple[int, int]
    ) -> Reused:
        """Run the record components that the tables need on a parsed Doc."""
        wanted = tuple(RECORD_TABLES if tables is None else tables)
        needed = needed_components(wanted)
        blocks.place(doc, text, len(blocks.head(text)))
        for name in needed:
            doc = confidence.calibrate(doc, wanted) if name == "confidence" else language.get_pipe(f"communique_{name}")(doc)
        return Reused(finish(doc, self.version), made, *counts)

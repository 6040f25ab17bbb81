"""The pipeline as a whole: order, offsets, independence of neighbours, and the base model it stands on."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from pathlib import Path

import pytest

from nlp.pipeline import Extractor, load_base
from nlp.records import RECORD_TABLES, Text

HERE = Path(__file__).parent

NEWS = Text(
    title="Danish fund buys port operator",
    text=(
        "A Danish pension fund agreed on Tuesday to buy Harbourline Ltd for $2.4 billion, Transport Minister Signe Rosendahl said.\n\n"
        "“It is a long bridge between two short winters,” Rosendahl told reporters in Copenhagen."
    ),
    published_on=dt.date(2024, 5, 15),
    doc_id="d1",
)
STATEMENT = Text(
    title="Joint Statement of Japan and Vietnam",
    text=(
        "Japan and Vietnam agreed to cooperate on semiconductors and submarine cables.\n\n"
        "The two leaders will meet again in Hanoi next year."
    ),
    published_on=dt.date(2024, 3, 1),
    doc_id="d2",
)


def test_base_model_tags_and_heads_are_pinned() -> None:
    """md was trained under spaCy 3.7 (warning W095): its parses under this spaCy are those we measured with."""
    base = load_base()
    for pinned in json.loads((HERE / "pinned_parses.json").read_text()):
        doc = base(pinned["text"])
        assert [t.tag_ for t in doc] == pinned["tags"], pinned["text"]
        assert [t.head.i for t in doc] == pinned["heads"], pinned["text"]


def test_loading_is_silent_and_an_unknown_model_is_named() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_base()
    with pytest.raises(ValueError, match="no_such_model"):
        load_base("no_such_model")


def test_evidence_and_offsets_point_into_title_or_text(extractor: Extractor) -> None:
    for source, extraction in zip((NEWS, STATEMENT), extractor.extract([NEWS, STATEMENT])):
        assert extraction.records
        for record in extraction.records:
            origin = source.title if record.in_title else source.text
            assert 0 <= record.start < record.end <= len(origin)
            pairs = list(zip(record.evidence_spans[::2], record.evidence_spans[1::2]))
            assert record.evidence == " … ".join(origin[a:b] for a, b in pairs)
            assert record.evidence
        for mention in extraction.of("mentions"):
            origin = source.title if mention.in_title else source.text
            assert origin[mention.start : mention.end] == mention.text  # type: ignore[attr-defined]


def test_a_text_gives_the_same_records_alone_and_among_others(extractor: Extractor) -> None:
    together = list(extractor.extract([NEWS, STATEMENT, NEWS], batch_documents=2))
    alone = [next(iter(extractor.extract([text]))) for text in (NEWS, STATEMENT)]
    assert together[0] == alone[0] == together[2]
    assert together[1] == alone[1]


def test_record_ids_are_unique_and_stable(extractor: Extractor) -> None:
    first, second = (next(iter(extractor.extract([NEWS]))) for _ in range(2))
    ids = [r.record_id for r in first.records]
    assert len(ids) == len(set(ids))
    assert ids == [r.record_id for r in second.records]


def test_a_long_document_gives_what_its_parts_give(extractor: Extractor) -> None:
    """Above 5,000 tokens a document is annotated in segments; names, money and offsets must survive it."""
    filler = "The committee looked at the minutes of its last meeting and found nothing to change. " * 6
    paragraphs = [filler.strip() for _ in range(70)]
    paragraphs[35] = NEWS.text.split("\n\n")[0]
    text = "\n\n".join(paragraphs)
    (extraction,) = extractor.extract([Text(text=text, title=NEWS.title, published_on=NEWS.published_on)])
    assert any("2.4 billion" in a.text for a in extraction.of("amounts"))  # type: ignore[attr-defined]
    for mention in extraction.of("mentions"):
        origin = NEWS.title if mention.in_title else text
        assert origin[mention.start : mention.end] == mention.text  # type: ignore[attr-defined]


def test_every_record_table_has_an_attribute_and_empty_texts_give_nothing(extractor: Extractor) -> None:
    (extraction,) = extractor.extract([Text(text="")])
    assert extraction.records == ()
    for table in RECORD_TABLES:
        assert extraction.of(table) == []

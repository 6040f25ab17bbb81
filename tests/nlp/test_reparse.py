"""Blocks that are parsed again after their entities have changed fit the kept parse of the others as if all had been parsed at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.tokens import Doc

from nlp import blocks, reparse
from nlp.annotation_bytes import decode, encode
from nlp.pipeline import Extractor
from nlp.records import Text
from nlp.reuse import PARSERS

TEXT = """TOKYO — Foreign Minister Aiko Mori met Trade Minister Pham Van Duc in Hanoi on 3 May 2023.

The two ministers agreed to work together on semiconductors, submarine cables and the training of engineers, the ministry said.

"We have waited long for this day," Mori told reporters after the talks, "and our firms have waited even longer."

Sakura Corp said that it would build a plant for 200 million dollars in Da Nang.

Lumen Inc., which had bought Arcadia plc the week before, declined to comment on the plan.

A second round of talks is due in Osaka in the first half of next year."""


@pytest.fixture
def prepare(extractor: Extractor) -> Callable[[set[str]], Doc]:
    """The merged Doc without some of its entities, not yet parsed."""
    language = extractor.language

    def make(left_out: set[str]) -> Doc:
        doc = blocks.make_doc(language, Text(text=TEXT))
        for name in ("ner", "communique_entities"):
            doc = language.get_pipe(name)(doc)
        doc.ents = tuple(span for span in doc.ents if span.text not in left_out)
        return language.get_pipe("communique_merge")(doc)

    return make


def whole(extractor: Extractor, doc: Doc) -> Doc:
    for name in PARSERS:
        doc = extractor.language.get_pipe(name)(doc)
    return doc


def told(doc: Doc) -> list[tuple[object, ...]]:
    return [
        (t.text, t.idx, t.tag_, t.dep_, t.head.i, t.lemma_, t.pos_, t.is_sent_start, t.norm_, t.ent_type_, t.ent_iob_, t.ent_kb_id_)
        for t in doc
    ]


@pytest.mark.parametrize("left_out", [{"Sakura Corp"}, {"Aiko Mori", "Osaka"}, {"Hanoi"}, set()])
def test_the_parse_is_that_of_the_whole(extractor: Extractor, prepare: Callable[[set[str]], Doc], left_out: set[str]):
    old = decode(extractor.language.vocab, encode(whole(extractor, prepare(set()))))
    expected = whole(extractor, prepare(left_out))
    found, (count, parsed) = reparse.parse(extractor.language, prepare(left_out), old, PARSERS, long=False)
    assert told(found) == told(expected)
    assert [sentence.start for sentence in found.sents] == [sentence.start for sentence in expected.sents]
    assert count == 6
    assert (parsed == 0) == (left_out == set())
    assert parsed < count


def test_without_a_kept_parse_everything_is_parsed(extractor: Extractor, prepare: Callable[[set[str]], Doc]):
    found, (count, parsed) = reparse.parse(extractor.language, prepare(set()), None, PARSERS, long=False)
    assert told(found) == told(whole(extractor, prepare(set())))
    assert count == parsed == reparse.block_count(found)

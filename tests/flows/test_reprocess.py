"""What a changed component has made old is made new, and nothing else is read again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import component_extractor
import pyarrow.compute as pc
import pytest
from test_extract import documents

from flows.differences import differences
from flows.errors import InputError, NotFoundError
from flows.extract import Extraction
from flows.link import link
from flows.reprocess import Reprocessing, Selection
from flows.shadows import begin_shadow, promote, shadow_names
from flows.tables.schemas import to_table
from flows.tables.store import Change, Snapshot, Store, StoreError, equal_tables
from flows.workers import Workers

OPTIONS: dict[str, Any] = {"extractor": component_extractor.NAME, "model": component_extractor.MODEL}
TEXTS = [f"{number} million euros, {number} thousand euros, said Minister Aiko Mori and Ministers Pham Duc." for number in range(1, 13)]

Versions = Callable[..., None]


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> Versions:
    """Sets the versions of components from now on."""

    def set_them(**components: str) -> None:
        monkeypatch.setenv(component_extractor.VERSIONS, json.dumps(components))

    set_them()
    return set_them


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], int]:
    """How many texts were read since the last time."""
    trace = tmp_path / "read"
    monkeypatch.setenv(component_extractor.READ, str(trace))

    def count() -> int:
        lines = trace.read_text(encoding="utf-8").splitlines() if trace.exists() else []
        trace.unlink(missing_ok=True)
        return len(lines)

    return count


def fresh(folder: Path, texts: list[str] = TEXTS) -> Store:
    """Tables of a first extraction."""
    store = Store(folder, durable=False, settle_seconds=0)
    store.commit([Change("documents", to_table("documents", documents(texts)))])
    extract(store)
    return store


def extract(store: Store) -> None:
    extraction = Extraction(store, **OPTIONS)
    extraction.recover()
    with Workers(extraction.source, 0) as pool:
        for batch in list(extraction.batches(200)):
            extraction.run(batch, pool)
    link(store)


def reprocess(store: Store, batch_size: int = 1000, stop_after: int | None = None, **selection: Any) -> Reprocessing:
    """What the flow does, without Prefect."""
    work = Reprocessing(store, Selection(**selection), **OPTIONS)
    work.recover()
    with Workers(work.source, 0) as pool:
        for number, batch in enumerate(list(work.batches(batch_size))):
            if number == stop_after:
                return work
            work.run(batch, pool)
    link(store)
    return work


def current(store: Store) -> Snapshot:
    snapshot = store.current()
    assert snapshot
    return snapshot


def column(store: Store, table: str, name: str) -> set[Any]:
    return set(current(store).read(table, [name])[name].to_pylist())


def test_nothing_is_read_again_where_nothing_has_changed(tmp_path: Path, versions: Versions, read: Callable[[], int]):
    store = fresh(tmp_path / "p")
    assert read() == len(TEXTS)
    before = current(store)
    assert reprocess(store).counts.documents == 0
    assert read() == 0
    assert current(store) == before


def test_a_run_leaves_what_another_version_read(tmp_path: Path, versions: Versions, read: Callable[[], int]):
    store = fresh(tmp_path / "p")
    before = current(store)
    read()
    versions(numbers="2")
    extract(store)
    assert read() == 0
    assert current(store) == before


@pytest.mark.parametrize("changed", [{"numbers": "2"}, {"names": "2"}, {"numbers": "2", "names": "2"}])
@pytest.mark.parametrize("batch_size", [5, 1000])
def test_the_tables_are_those_of_a_fresh_extraction(tmp_path: Path, versions: Versions, changed: dict[str, str], batch_size: int):
    store = fresh(tmp_path / "p")
    old = current(store)
    versions(**changed)
    done = reprocess(store, batch_size)
    assert done.counts.documents == len(TEXTS)
    assert equal_tables(current(store), current(fresh(tmp_path / "fresh"))) == []
    assert equal_tables(current(store), old) != []
    assert reprocess(store).counts.documents == 0


def test_the_files_of_other_months_stay(tmp_path: Path, versions: Versions):
    store = fresh(tmp_path / "p")
    before = {path.name for path in current(store).files("amounts") if "2023-01" not in str(path)}
    versions(numbers="2")
    reprocess(store, until=dt.date(2023, 1, 31))
    month = pc.field("published_on") <= dt.date(2023, 1, 31)
    assert set(current(store).read("amounts", ["amount_min"], month)["amount_min"].to_pylist()) == {1e3, 5e3, 9e3}
    assert current(store).rows("amounts") == len(TEXTS)
    assert {entry.sha256 for entry in current(store).manifest.tables["amounts"].files}
    assert len(before) == len([path for path in current(store).files("amounts") if "2023-01" not in str(path)])


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        ({"since": dt.date(2023, 2, 1)}, 6),
        ({"since": dt.date(2023, 2, 6), "until": dt.date(2023, 2, 6)}, 3),
        ({"source": "00"}, 10),
        ({"source": "*1.txt"}, 2),
        ({"where": "title = 'Number 3' OR doc_id IN (SELECT doc_id FROM amounts WHERE amount_min = 5e6)"}, 2),
        ({"components": ("numbers",)}, 12),
        ({"components": ("names",)}, 0),
    ],
)
def test_a_selection_is_read_and_the_rest_left(tmp_path: Path, versions: Versions, selection: dict[str, Any], count: int):
    store = fresh(tmp_path / "p")
    versions(numbers="2")
    assert reprocess(store, **selection).counts.documents == count
    rest = 0 if count == len(TEXTS) else len(TEXTS) - count
    assert reprocess(store).counts.documents == rest
    assert equal_tables(current(store), current(fresh(tmp_path / "fresh"))) == []


@pytest.mark.parametrize("condition", ["no_such_column = 1", "1) OR (1", "1); DROP VIEW documents; SELECT (1", "'"])
def test_what_is_no_condition_is_told(tmp_path: Path, versions: Versions, condition: str):
    store = fresh(tmp_path / "p")
    versions(numbers="2")
    if condition == "1) OR (1":  # a condition all the same
        assert reprocess(store, where=condition).counts.documents == len(TEXTS)
        return
    with pytest.raises(InputError, match="--where"):
        reprocess(store, where=condition)


def test_an_unknown_component_is_told(tmp_path: Path, versions: Versions):
    with pytest.raises(InputError, match="no component quotations; the components are numbers, names"):
        reprocess(fresh(tmp_path / "p"), components=("quotations",))


def test_one_component_of_two_changed_ones_leaves_the_documents_old(tmp_path: Path, versions: Versions):
    store = fresh(tmp_path / "p")
    old = column(store, "runs", "pipeline_version")
    versions(numbers="2", names="2")
    assert reprocess(store, components=("numbers",)).counts.documents == len(TEXTS)
    assert column(store, "amounts", "amount_min") == {number * 1e3 for number in range(1, 13)}
    assert column(store, "officials", "person") == {"Aiko Mori"}
    assert column(store, "runs", "pipeline_version") == old == column(store, "officials", "pipeline_version")
    assert reprocess(store, components=("numbers",)).counts.documents == 0
    assert reprocess(store).counts.documents == len(TEXTS)
    assert equal_tables(current(store), current(fresh(tmp_path / "fresh"))) == []


def test_a_reprocessing_that_was_stopped_goes_on(tmp_path: Path, versions: Versions, read: Callable[[], int]):
    store = fresh(tmp_path / "p")
    read()
    versions(names="2")
    reprocess(store, batch_size=3, stop_after=2)
    first = read()
    reprocess(store, batch_size=3)
    assert 0 < first < len(TEXTS)
    assert first + read() == len(TEXTS)
    assert equal_tables(current(store), current(fresh(tmp_path / "fresh"))) == []


def test_a_document_that_fails_keeps_its_rows(tmp_path: Path, versions: Versions, monkeypatch: pytest.MonkeyPatch):
    store = fresh(tmp_path / "p")
    amounts = current(store).rows("amounts")
    versions(numbers="2")
    extraction = component_extractor.ComponentExtractor.extract

    def fails_on_one(self: Any, texts: Any) -> Any:
        for text in texts:
            if text.text.startswith("7 "):
                raise ValueError("no sevens")
            yield from extraction(self, [text])

    with monkeypatch.context() as patch:
        patch.setattr(component_extractor.ComponentExtractor, "extract", fails_on_one)
        done = reprocess(store)
    assert (done.counts.documents, done.counts.failed) == (len(TEXTS) - 1, 1)
    assert current(store).rows("amounts") == amounts
    assert reprocess(store).counts.documents == 0  # until it is asked for, or a component changes
    again = Reprocessing(store, Selection(), retry_failed=True, **OPTIONS)
    assert len(again.pending()) == 1


def test_a_shadow_version_leaves_the_current_tables(tmp_path: Path, versions: Versions):
    store = fresh(tmp_path / "p")
    before = current(store)
    versions(numbers="2", names="2")
    shadow = begin_shadow(store, "new")
    reprocess(shadow)
    assert current(store) == before
    assert shadow_names(store) == ["new"]
    assert equal_tables(current(shadow), current(fresh(tmp_path / "fresh"))) == []
    found = {one.table: one for one in differences(before, current(shadow))}
    assert found["amounts"].changed == 0
    assert (found["amounts"].came, found["amounts"].went) == (len(TEXTS), len(TEXTS))
    assert (found["officials"].came, found["officials"].went) == (len(TEXTS), 0)
    assert len(found["officials"].came_rows) == 3
    assert "topics" not in found


def test_a_promoted_shadow_takes_over_what_came_in_meanwhile(tmp_path: Path, versions: Versions):
    store = fresh(tmp_path / "p", TEXTS[:8])
    versions(numbers="2")
    reprocess(begin_shadow(store, "new"))
    versions()
    late = documents(TEXTS)[8:]
    gone = documents(TEXTS)[0].doc_id
    store.commit([Change("documents", to_table("documents", late))])
    extract(store)
    store.commit([Change(table, None, {"doc_id": {gone}}) for table in ("documents", "amounts", "officials", "mentions", "quotes", "runs")])
    versions(numbers="2")
    before = current(store)
    snapshot, taken = promote(store, "new")
    assert taken == len(late) + 1
    assert shadow_names(store) == []
    assert current(store) == snapshot
    assert current(store).rows("documents") == len(TEXTS) - 1
    assert gone not in column(store, "amounts", "doc_id")
    assert {1e6 * n for n in range(9, 13)} | {1e3 * n for n in range(2, 9)} == column(store, "amounts", "amount_min")
    assert reprocess(store).counts.documents == len(late)
    assert store.restore(before).manifest.tables["amounts"].rows == before.rows("amounts")


def test_old_snapshots_of_pointers_are_kept(tmp_path: Path, versions: Versions):
    store = Store(tmp_path / "p", durable=False, keep_days=0, keep_snapshots=1)
    store.commit([Change("documents", to_table("documents", documents(TEXTS[:2])))])
    shadow = store.shadow("old")
    shadow.fork(current(store))
    for number in range(2, 5):
        store.commit([Change("documents", to_table("documents", documents(TEXTS[: number + 1])[number:]))])
    assert current(shadow).rows("documents") == 2
    assert len(store.snapshots()) == 2
    shadow.drop()
    assert shadow.current() is None
    with pytest.raises(NotFoundError, match="no shadow version 'old'"):
        promote(store, "old")


@pytest.mark.parametrize("name", ["", "a/b", "../current", "-x", "a" * 65])
def test_an_unfit_shadow_name_is_refused(tmp_path: Path, name: str):
    with pytest.raises(StoreError, match="cannot name a shadow version"):
        Store(tmp_path / "p").shadow(name)

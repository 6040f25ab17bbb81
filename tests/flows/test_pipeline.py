"""The flows, as Prefect runs them."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import fake_extractor
import pytest

from flows.tables.store import Store, StoreLockedError, equal_tables

CORPUS = Path(__file__).parent / "corpus"
FAKE = {"extractor": fake_extractor.NAME, "model": fake_extractor.MODEL}


@pytest.fixture(autouse=True)
def harness(prefect_harness: None) -> None:
    """All of these run flows."""


def run(raw: Path, processed: Path, **options: Any) -> dict[str, Any]:
    from flows.pipeline import pipeline

    return pipeline(str(raw), str(processed), **{"workers": 0, **FAKE, **options})


def test_the_pipeline_counts_what_it_does(tmp_path: Path):
    raw = Path(shutil.copytree(CORPUS, tmp_path / "news"))
    done = run(raw, tmp_path / "p")
    taken = {"files": 7, "unchanged": 0, "new": 8, "changed": 0, "rejected": 1, "duplicates": 1, "unsupported": 1, "forgotten": 0}
    assert done["ingest"] == taken
    assert (done["extract"]["documents"], done["extract"]["failed"]) == (6, 0)
    assert done["extract"]["words"] > 200
    assert done["entities"] == 9  # six firms, two ministers, Japan
    again = run(raw, tmp_path / "p")
    assert again["ingest"] == {**dict.fromkeys(taken, 0), "files": 7, "unchanged": 7}
    assert again["extract"]["documents"] == 0
    assert again["entities"] is None


def test_the_flows_one_by_one_make_the_tables_of_the_pipeline(tmp_path: Path):
    from flows.pipeline import extract, ingest, link

    raw, processed = Path(shutil.copytree(CORPUS, tmp_path / "news")), str(tmp_path / "parts")
    ingest(str(raw), processed, batch_size=2)
    extract(processed, batch_size=1, workers=1, **FAKE)
    link(processed)
    run(raw, tmp_path / "whole")
    assert equal_tables(Store(tmp_path / "whole").current(), Store(tmp_path / "parts").current()) == []


def test_an_artifact_tells_what_the_run_did(tmp_path: Path):
    from prefect.artifacts import Artifact

    run(CORPUS, tmp_path / "p")
    artifact = asyncio.run(Artifact.aget("communique-run"))
    assert artifact
    assert "extracted 6 documents" in str(artifact.data)
    assert "## Officials" in str(artifact.data)


def test_a_lock_that_cannot_be_had_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from flows import pipeline as flows_pipeline

    monkeypatch.setattr(flows_pipeline.ingest_batch, "retry_delay_seconds", [0, 0])
    monkeypatch.setattr(flows_pipeline.extract_batch, "retry_delay_seconds", [0, 0])
    commit, refused = Store.commit, []

    def refuses_every_second(store: Store, *arguments: Any, **options: Any) -> Any:
        if options.get("message") in ("ingest", "extract") and options["message"] not in refused:
            refused.append(options["message"])
            raise StoreLockedError("another process is at work")
        return commit(store, *arguments, **options)

    monkeypatch.setattr(Store, "commit", refuses_every_second)
    done = run(CORPUS, tmp_path / "p")
    assert refused == ["ingest", "extract"]
    assert (done["ingest"]["new"], done["extract"]["documents"]) == (8, 6)
    monkeypatch.undo()
    run(CORPUS, tmp_path / "undisturbed")
    assert equal_tables(Store(tmp_path / "undisturbed").current(), Store(tmp_path / "p").current()) == []


def test_what_cannot_be_mended_by_waiting_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from flows.tables.errors import TableError

    tries = 0

    def refuses(store: Store, *arguments: Any, **options: Any) -> Any:
        nonlocal tries
        tries += 1
        raise TableError("documents.title is None")

    monkeypatch.setattr(Store, "commit", refuses)
    with pytest.raises(TableError):
        run(CORPUS, tmp_path / "p")
    assert tries == 1


def test_the_verify_flow_fails_where_something_is_broken(tmp_path: Path):
    from prefect.artifacts import Artifact

    from flows.verify import BrokenTablesError, verify

    raw = Path(shutil.copytree(CORPUS, tmp_path / "news"))
    run(raw, tmp_path / "p")
    assert verify(str(raw), str(tmp_path / "p"))["broken"] == 0
    snapshot = Store(tmp_path / "p").current()
    assert snapshot
    snapshot.files("deals")[0].unlink()
    with pytest.raises(
        BrokenTablesError, match=r"things are broken in .*/p, e\.g\. deals/.*: it is missing: `communique repair` makes them again"
    ):
        verify(str(raw), str(tmp_path / "p"))
    artifact = asyncio.run(Artifact.aget("communique-verify"))
    assert artifact and "it is missing" in str(artifact.data)

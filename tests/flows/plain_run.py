"""What the flow `pipeline` does, without Prefect: for tests of what stands in the tables, and as a process that a test may disturb.

python plain_run.py RAW --processed DIR [--workers N] [--retry-failed]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import fake_extractor

from flows.extract import Extraction
from flows.identity import collection_of
from flows.inputs import changed_files, walk
from flows.intake import Counts, Intake
from flows.link import link
from flows.opening import run_lock
from flows.readers import READER_VERSION, ReaderPool
from flows.tables.store import Store
from flows.workers import Workers


def run(
    raw: Path, processed: Path, *, workers: int = 0, batch_size: int = 200, lock_seconds: float = 60.0, only: str = "", **options: Any
) -> Counts:
    """Ingest, extract and link, or `only` ingest; what was taken in."""
    store = Store(processed, durable=False)
    with run_lock(store, lock_seconds):
        with ReaderPool(root=raw) as readers:
            intake = Intake(store, collection_of(raw), readers, batch_size=batch_size)
            for file in list(changed_files([file for file in walk(raw) if not intake.is_forgotten(file)], intake.ledger, READER_VERSION)):
                intake.take(file)
            intake.commit()
        if only == "ingest":
            return intake.counts
        extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL, **options)
        extraction.recover()
        with Workers(extraction.source, workers) as pool:
            for batch in list(extraction.batches(batch_size)):
                extraction.run(batch, pool)
        link(store)
    return intake.counts


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("raw", type=Path)
    arguments.add_argument("--processed", type=Path, required=True)
    arguments.add_argument("--workers", type=int, default=0)
    arguments.add_argument("--retry-failed", action="store_true")
    given = arguments.parse_args()
    run(given.raw, given.processed, workers=given.workers, batch_size=8, retry_failed=given.retry_failed)

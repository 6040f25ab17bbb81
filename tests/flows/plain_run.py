"""What the flow `pipeline` does, without Prefect: for tests of what stands in the tables, and as a process that a test may disturb.

python plain_run.py RAW PROCESSED WORKERS
"""

from __future__ import annotations

import sys
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


def run(raw: Path, processed: Path, *, workers: int = 0, batch_size: int = 200, lock_seconds: float = 60.0, **options: Any) -> Counts:
    """Ingest, extract and link; what was taken in."""
    store = Store(processed, durable=False)
    with run_lock(store, lock_seconds):
        with ReaderPool(root=raw) as readers:
            intake = Intake(store, collection_of(raw), readers, batch_size=batch_size)
            for file in list(changed_files([file for file in walk(raw) if not intake.is_forgotten(file)], intake.ledger, READER_VERSION)):
                intake.take(file)
            intake.commit()
        extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL, **options)
        extraction.recover()
        with Workers(extraction.source, workers) as pool:
            for batch in list(extraction.batches(batch_size)):
                extraction.run(batch, pool)
        link(store)
    return intake.counts


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), workers=int(sys.argv[3]), batch_size=3)

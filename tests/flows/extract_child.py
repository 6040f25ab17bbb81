"""Extract what waits in a store, in a process that a test may kill: store, batch size, workers, and where to stop.

The last argument is the number of the commit after which the process kills itself with SIGKILL, and the step of it; 0 for none.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import fake_extractor

from flows.extract import Extraction
from flows.link import link
from flows.tables.store import Store
from flows.workers import Workers


def main(processed: str, batch_size: str, workers: str, last_commit: str = "0", last_step: str = "") -> None:
    """See above."""
    begun = 0

    def watch(step: str) -> None:
        nonlocal begun
        begun += step == "locked"
        if begun == int(last_commit) and step == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    store = Store(Path(processed), durable=False, on_step=watch)
    extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL)
    extraction.recover()
    with Workers(extraction.source, int(workers)) as pool:
        for batch in list(extraction.batches(int(batch_size))):
            extraction.run(batch, pool)
    link(store)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Five hundred real statements, killed in the middle and run again: the tables are those of an undisturbed run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from flows.tables.store import Store, equal_tables

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "wh-statements-2021-2023.tar.xz"
DOCUMENTS = 500

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of statements is not beside the checkout"),
]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive") / "statements"
    with tarfile.open(ARCHIVE) as tar:
        members = sorted((m for m in tar.getmembers() if m.isfile() and m.name.endswith(".md")), key=lambda m: m.name)
        for member in members[:: len(members) // DOCUMENTS][:DOCUMENTS]:
            tar.extract(member, folder, filter="data")
    return folder


def command(raw: Path, processed: Path) -> list[str]:
    return [str(Path(sys.executable).with_name("communique")), "run", str(raw), "--processed", str(processed), "--batch-size", "60"]


def test_a_run_killed_in_the_middle_and_repeated_ends_in_equal_tables(raw: Path, tmp_path: Path) -> None:
    subprocess.run(command(raw, tmp_path / "whole"), check=True, capture_output=True)
    whole = Store(tmp_path / "whole").current()
    assert whole is not None
    assert whole.rows("documents") + whole.rows("rejects") == DOCUMENTS

    killed = subprocess.Popen(
        command(raw, tmp_path / "killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 1800
    while time.monotonic() < deadline:
        current = Store(tmp_path / "killed").current() if (tmp_path / "killed").exists() else None
        if current is not None and current.rows("topics") > 0:
            break
        time.sleep(0.2)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    half = Store(tmp_path / "killed").current()
    assert half is not None
    assert 0 < half.rows("mentions") < whole.rows("mentions")

    subprocess.run(command(raw, tmp_path / "killed"), check=True, capture_output=True)
    again = Store(tmp_path / "killed").current()
    assert again is not None
    assert equal_tables(whole, again) == []

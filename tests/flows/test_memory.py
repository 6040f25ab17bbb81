"""Tests of what is given back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import numpy as np, pyarrow as pa
from flows.memory import be_lean, give_back

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

{lean}
small = [bytes(2_000) for _ in range(60_000)]
large = [pa.array(np.arange(400_000)).take(pa.array(np.arange(400_000))) for _ in range(30)]
kept = [bytes(2_000) for _ in range(20)]
full = resident()
del small, large
{back}
print(full - resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_what_was_freed_goes_back() -> None:
    def freed(lean: str, back: str) -> float:
        done = subprocess.run([sys.executable, "-c", _PROGRAM.format(lean=lean, back=back)], check=True, capture_output=True, text=True)
        return float(done.stdout)

    assert freed("be_lean()", "give_back()") > 180  # of 120 MB in small blocks and 96 MB in large ones

"""Tests of what is given back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
from flows.memory import be_lean, give_back
import numpy as np, pyarrow as pa
be_lean()

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

small = [bytes(2_000) for _ in range(60_000)]
large = [pa.array(np.arange(400_000)).take(pa.array(np.arange(400_000))) for _ in range(30)]
kept = [bytes(2_000) for _ in range(20)]
full = resident()
del small, large
give_back()
print(full - resident())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_what_was_freed_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], check=True, capture_output=True, text=True)
    assert float(done.stdout) > 180  # of 120 MB in small blocks and 96 MB in large ones


def test_arrow_begins_with_the_allocator_of_the_c_library() -> None:
    program = "import flows.memory, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "system"

"""The child process that reads: kept over files, replaced when a file kills it, limited in time and memory."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from raw_files import save

from flows.readers import Limits, RawDocument, RawReject, ReaderPool, read_file
from flows.readers.messages import from_message, from_request, to_message, to_request

# Imported by every Python that has its folder on the path: makes texts that begin with a word do what hostile files do.
HOSTILE = """
import ctypes, os, signal
from flows.readers import prose, text
from flows.readers import jsonl

def hostile(data):
    if data.startswith("HANG"):
        while True:
            pass
    if data.startswith("SLEEP IN C"):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        ctypes.CDLL(None).sleep(3600)
    if data.startswith("KILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith("SEGFAULT"):
        ctypes.string_at(0)
    if data.startswith("HOG"):
        held = []
        while True:
            held.append(bytearray(50_000_000))
    if data.startswith("ABORT"):
        held = b"x" * 450_000_000
        os.abort()
    if data.startswith("PRINT"):
        print("on stdout"); os.write(1, b"more")
    if data.startswith("PID"):
        return f"process {os.getpid()}"
    return clean(data)

clean = text.clean_characters
text.clean_characters = jsonl.clean_characters = hostile
"""
LIMITS = Limits(seconds=30, memory_mb=800)


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A raw folder, and children in which some texts are hostile."""
    code = tmp_path / "code"
    code.mkdir()
    save(code, "sitecustomize.py", HOSTILE)
    monkeypatch.setenv("PYTHONPATH", str(code))
    raw = tmp_path / "raw"
    raw.mkdir()
    return raw


def only(items: list[RawDocument | RawReject]) -> RawDocument | RawReject:
    (item,) = items
    return item


def test_the_child_reads_what_this_process_reads(tmp_path: Path):
    files = [
        save(tmp_path, "a.md", "---\ntitle: T\ndate: 2024-05-03 10:00:00+02:00\nauthors: [A. Quill]\n---\nText."),
        save(tmp_path, "b.jsonl", '{"id": "x", "text": "One."}\n{broken\n'),
        save(tmp_path, "c.txt", ""),
        save(tmp_path, "d.txt", "Ünïcödé \U0001f6a2."),
    ]
    with ReaderPool(root=tmp_path) as pool:
        assert [pool.read(file) for file in files] == [read_file(file) for file in files]


def test_the_child_is_kept_over_files_and_ends_with_the_pool(hostile: Path):
    path = save(hostile, "a.txt", "PID")
    with ReaderPool(LIMITS) as pool:
        first, second = only(pool.read(path)), only(pool.read(path))
        assert isinstance(first, RawDocument) and isinstance(second, RawDocument)
        assert first.text == second.text != f"process {os.getpid()}"
        pid = int(first.text.split()[1])
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        ("KILL", "crashed", "The reader process died of the file (SIGKILL)."),
        ("SEGFAULT", "crashed", "The reader process died of the file (SIGSEGV)."),
        ("HOG", "memory", "The document needs more memory than a reader may have."),
        ("ABORT", "memory", "Reading needs more than 800 MB of memory."),
    ],
)
def test_a_file_that_kills_its_reader_is_a_reject_and_the_next_is_read(hostile: Path, content: str, reason: str, detail: str):
    bad, good = save(hostile, "bad.txt", content), save(hostile, "good.txt", "Text.")
    with ReaderPool(LIMITS) as pool:
        reject, document = only(pool.read(bad)), only(pool.read(good))
    assert isinstance(reject, RawReject) and isinstance(document, RawDocument)
    assert (reject.reason, reject.detail, reject.record, reject.size) == (reason, detail, None, len(content))
    assert len(reject.raw_hash) == 16
    assert document.text == "Text."


@pytest.mark.parametrize("content", ["HANG", "SLEEP IN C"])
def test_a_file_that_hangs_is_a_reject(hostile: Path, content: str):
    bad, good = save(hostile, "bad.txt", content), save(hostile, "good.txt", "Text.")
    with ReaderPool(Limits(seconds=3)) as pool:
        reject = only(pool.read(bad))
        assert isinstance(reject, RawReject)
        assert (reject.reason, reject.detail) == ("timeout", "Reading took more than 3 seconds.")
        assert isinstance(only(pool.read(good)), RawDocument)


def test_a_record_that_kills_its_reader_costs_that_record_alone(hostile: Path):
    texts = ["One.", "KILL", "Three.", "SEGFAULT", "KILL", "Six."]
    path = save(hostile, "wire.jsonl", "".join(json.dumps({"id": f"r{n}", "text": t}) + "\n" for n, t in enumerate(texts)))
    with ReaderPool(LIMITS) as pool:
        items = pool.read(path)
    assert [(i.record, i.reason if isinstance(i, RawReject) else i.text) for i in items] == [
        ("r0", "One."),
        ("r1", "crashed"),
        ("r2", "Three."),
        ("r3", "crashed"),
        ("r4", "crashed"),
        ("r5", "Six."),
    ]
    assert all(i.raw_hash and i.size for i in items)


def test_items_come_as_they_are_read_and_may_be_left(hostile: Path):
    path = save(hostile, "wire.jsonl", "".join(json.dumps({"text": t}) + "\n" for t in ("One.", "HANG")))
    with ReaderPool(LIMITS) as pool:
        items = pool.iter(path)
        first = next(items)
        assert isinstance(first, RawDocument) and first.text == "One."
        items.close()
        assert isinstance(only(pool.read(save(hostile, "good.txt", "Text."))), RawDocument)


def test_what_libraries_print_does_not_mix_with_the_answers(hostile: Path):
    with ReaderPool(LIMITS) as pool:
        assert isinstance(only(pool.read(save(hostile, "a.txt", "PRINT this"))), RawDocument)


def test_pools_work_in_threads(tmp_path: Path):
    path = save(tmp_path, "a.txt", "Text.")
    texts = []

    def work() -> None:
        with ReaderPool(LIMITS) as pool:
            texts.extend(item.text for item in pool.read(path) if isinstance(item, RawDocument))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["Text.", "Text."]


def test_a_child_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save(tmp_path, "sitecustomize.py", "import os, sys; sys.stderr.write('no room on this ship\\n'); sys.stderr.flush(); os._exit(1)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with ReaderPool() as pool, pytest.raises(RuntimeError, match="no room on this ship"):
        pool.read(save(tmp_path, "a.txt", "Text."))


def test_the_child_imports_readers_alone():
    code = "import sys, flows.readers.child; print([m for m in ('prefect', 'spacy', 'pyarrow', 'trafilatura') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_hanging_child_ends_when_its_parent_was_killed(hostile: Path):
    path = save(hostile, "bad.jsonl", '{"text": "PID"}\n{"text": "HANG"}\n')
    code = (
        "import sys; from pathlib import Path; from flows.readers import ReaderPool, Limits\n"
        "for item in ReaderPool(Limits(seconds=2)).iter(Path(sys.argv[1])): print(item.text, flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline().split()[1])
        parent.send_signal(signal.SIGKILL)
    for _ in range(600):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{child}/stat").exists() and Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its parent by a minute")


def test_messages_keep_everything():
    document = RawDocument(
        text="Ünï\n\ncode \U0001f6a2",
        title="T",
        authors=("A", "B"),
        published_on=date(2024, 5, 3),
        published_at=datetime(2024, 5, 3, 10, tzinfo=UTC),
        published_precision="second",
        record="x",
    )
    reject = RawReject("empty", "The file is empty.")
    limits = Limits(seconds=3, json_fields={"text": ("a", "b"), "title": "t"})
    assert [from_message(json.loads(json.dumps(to_message(item)))) for item in (document, reject)] == [document, reject]
    assert from_request(json.loads(json.dumps(to_request(limits)))) == limits


def test_an_unknown_reason_is_a_mistake():
    with pytest.raises(ValueError, match="no reject reason"):
        RawReject("unlucky", "No.")


def test_a_child_that_somebody_else_kills_costs_no_document(tmp_path: Path):
    """The system, for memory: it may not have died of the file."""
    path = tmp_path / "wire.jsonl"
    texts = [f"The clerk of pier {number} counted boats. " * 6000 for number in range(4)]  # more than a pipe holds
    path.write_text("".join(json.dumps({"id": f"r{number}", "text": text}) + "\n" for number, text in enumerate(texts)))
    with ReaderPool() as pool:
        items = pool.iter(path)
        found = [next(items)]
        assert pool._child
        os.kill(pool._child._process.pid, signal.SIGKILL)
        found += items
    assert [(item.record, type(item)) for item in found] == [(f"r{number}", RawDocument) for number in range(4)]

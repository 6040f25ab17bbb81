"""How are foreign files read so that a hostile one costs a row of `rejects` and never the run?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, cast

from flows.readers.messages import from_message, receive, send, to_request
from flows.readers.model import Limits, RawDocument, RawReject

_START_SECONDS = 120.0  # a loaded machine needs long for the first imports
_PACKAGES = Path(__file__).resolve().parents[2]
_ABORTS = {"SIGABRT", "SIGTRAP", "SIGILL"}  # how C++ libraries end when they get no memory
_FAREWELL_SECONDS = 5.0  # for a child to end by itself when its pipes are closed
_CRAMPED = 0.5  # share of the memory limit; a child that aborts above it most likely ran out


class ReaderPool:
    """A child process that reads files, kept over files and replaced when one of them kills it.

    `with ReaderPool(limits, root=raw) as pool: items = pool.read(path)`. One file at a time; give each thread its own pool. The
    child is started by `subprocess` and not forked, so it is safe in a process that runs threads, as Prefect does; it imports the
    readers alone.
    """

    def __init__(self, limits: Limits = Limits(), *, root: Path | None = None) -> None:  # noqa: B008 - it is frozen
        self.limits = limits
        self.root = root
        self._child: _Child | None = None

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child; the next file would start another."""
        if self._child:
            self._child.end()
            self._child = None

    def read(self, path: Path) -> list[RawDocument | RawReject]:
        """What a file holds, as `flows.readers.read_file` gives it; what kills the child is a reject: `timeout`, `memory`, `crashed`.

        Raises RuntimeError when no child can be started at all.
        """
        return list(self.iter(path))

    def iter(self, path: Path) -> Iterator[RawDocument | RawReject]:
        """As `read`, one item at a time as the child makes them: of a large container neither side holds more than one document.

        When one record of a container kills the child, that record is a reject and a new child goes on after it. A child that
        somebody killed (the system, for memory) may not have died of the file: what it read is tried once more.
        """
        given = 0
        tried_again = -1
        while True:
            child = self._ready_child()
            finished = died = False
            try:
                child.ask(path, self.root, skip=given)
                while (message := child.next_message(self.limits.seconds)) is not None:
                    if message["kind"] == "done":
                        finished = not message["retire"]
                        return
                    if message["kind"] == "begin":
                        child.reading = (message["record"], message["raw_hash"], message["size"])
                    else:
                        given += 1
                        child.reading = (None, "", 0)
                        yield from_message(message)
                died = True
            finally:
                if not finished:
                    self._child = None
                    child.end(at_once=not died)  # it still reads what nobody wants to know any more
            record, raw_hash, size = child.reading
            reason, detail = child.obituary(self.limits)
            if child.was_killed and tried_again != given:
                tried_again = given
                continue
            given += 1
            yield RawReject(reason, detail, record=record, raw_hash=raw_hash, size=size)
            if record is None:
                return  # a plain file, or a container that kills before its first record: nothing comes after it

    def _ready_child(self) -> _Child:
        if self._child is None:
            self._child = _Child(self.limits)
        return self._child


class _Child:
    """One child process and what is known of it."""

    def __init__(self, limits: Limits) -> None:
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in end()
        path = os.pathsep.join([str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flows.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        self._timed_out = False
        self._ended = False
        self._peak_mb = 0.0
        self._last_words = ""
        self.reading: tuple[str | None, str, int] = (None, "", 0)
        self._tell(to_request(limits))
        if self.next_message(_START_SECONDS) is None:
            self.end()
            raise RuntimeError(f"The reader process does not start: {self._last_words or 'it said nothing'}")

    def ask(self, path: Path, root: Path | None, *, skip: int) -> None:
        """Have a file read."""
        self.reading = (None, "", 0)
        self._tell({"path": str(path.absolute()), "root": str(root.absolute()) if root else None, "skip": skip})

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            send(self._requests, message)
        except BrokenPipeError:
            return  # it died between two files; the next answer that does not come says so

    def next_message(self, seconds: float) -> dict[str, Any] | None:
        """The next message, or None when the child died or was killed for taking longer."""
        timer = threading.Timer(seconds, self._time_out)
        timer.daemon = True
        timer.start()
        try:
            return receive(self._answers)
        finally:
            timer.cancel()

    def _time_out(self) -> None:
        self._timed_out = True
        self._process.kill()

    @property
    def was_killed(self) -> bool:
        """Whether the ended child was killed by somebody else: neither the file nor its limits end a process so."""
        return self._process.returncode == -signal.SIGKILL and not self._timed_out

    def obituary(self, limits: Limits) -> tuple[str, str]:
        """Why the ended child died, as a reject's reason and sentence."""
        code = self._process.returncode
        name = signal.Signals(-code).name if code is not None and -code in set(signal.Signals) else f"exit code {code}"
        if self._timed_out or name == "SIGALRM":
            return "timeout", f"Reading took more than {limits.seconds:g} seconds."
        cramped = self._peak_mb > limits.memory_mb * _CRAMPED and name in _ABORTS
        if cramped or "MemoryError" in self._last_words or "bad_alloc" in self._last_words:
            return "memory", f"Reading needs more than {limits.memory_mb:,} MB of memory."
        return "crashed", f"The reader process died of the file ({name})."

    def end(self, *, at_once: bool = False) -> None:
        """End the child, if it lives, and learn how it died."""
        if self._ended:
            return
        self._ended = True
        if at_once:
            self._process.kill()
        for pipe in (self._requests, self._answers):
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what was still to be told has no reader any more
        undertaker = threading.Timer(_FAREWELL_SECONDS, self._process.kill)
        undertaker.start()
        self._wait()
        undertaker.cancel()
        self._complaints.seek(0)
        said = self._complaints.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        self._last_words = said[-1] if said else ""
        self._complaints.close()

    def _wait(self) -> None:
        if not hasattr(os, "wait4"):
            self._process.wait()
            return
        try:
            _, status, usage = os.wait4(self._process.pid, 0)
        except ChildProcessError:  # somebody else's SIGCHLD handler took the news
            self._process.wait()
            return
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._peak_mb = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)

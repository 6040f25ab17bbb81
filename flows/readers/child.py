"""How does a reader's child process work? `python -m flows.readers.child`: requests on stdin, messages on stdout, for `ReaderPool`.

It limits its own memory, and has the kernel end it when one document takes twice its time: also when its parent is gone.
"""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import sys
import warnings
from pathlib import Path
from typing import BinaryIO

from flows.readers.files import iter_file
from flows.readers.messages import from_request, receive, send, to_message

_MEGABYTE = 1 << 20
_OLD_AGE = 2_000  # documents; then the child makes room for a fresh one, whatever a library may have leaked


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more: per file `begin` and `item` messages, then `done`."""
    greeting = receive(requests)
    if greeting is None:
        return
    limits = from_request(greeting)
    _limit_memory(limits.memory_mb)
    send(answers, {"kind": "ready"})
    read = 0
    while (request := receive(requests)) is not None:
        out_of_memory = False
        alarm = _Alarm(limits.seconds)

        def begin(record: str | None, raw_hash: str, size: int, alarm: _Alarm = alarm) -> None:
            alarm.off()
            send(answers, {"kind": "begin", "record": record, "raw_hash": raw_hash, "size": size})
            alarm.on()

        root = Path(request["root"]) if request["root"] else None
        alarm.on()
        for item in iter_file(Path(request["path"]), limits, root=root, skip=request["skip"], begin=begin):
            alarm.off()
            read += 1
            out_of_memory |= getattr(item, "reason", None) == "memory"
            send(answers, to_message(item))
            alarm.on()
        alarm.off()
        send(answers, {"kind": "done", "retire": out_of_memory or read >= _OLD_AGE})


class _Alarm:
    """SIGALRM with its default action, which ends the process even inside a library's loop; off while the parent is waited for."""

    def __init__(self, seconds: float) -> None:
        self._seconds = math.ceil(seconds * 2) + 1
        self._works = hasattr(signal, "alarm")

    def on(self) -> None:
        if self._works:
            signal.alarm(self._seconds)

    def off(self) -> None:
        if self._works:
            signal.alarm(0)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits: the time limit is the only one there
        return
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        _, hard = resource.getrlimit(kind)
        wanted = megabytes * _MEGABYTE
        ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (ceiling, hard))
        except (ValueError, OSError) as error:  # macOS refuses RLIMIT_AS
            print(json.dumps({"warning": f"memory limit not set: {error}"}), file=sys.stderr)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Keep the pipes for messages alone: what libraries print must not mix with them."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)  # parsers complain about every bad page; what matters is in the reject
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it closes the pipe
    try:
        serve(requests, answers)
    except BrokenPipeError:
        os._exit(0)  # the parent went away; nobody is left to tell


if __name__ == "__main__":
    main()

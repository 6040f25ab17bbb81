"""How does a run tell how far it is: a bar in a terminal, plain lines elsewhere?"""

from __future__ import annotations

import logging
import sys
import time
from types import TracebackType
from typing import Any, Protocol

LINE_SECONDS = 10.0  # between two lines of a step


class Progress(Protocol):
    """What a step of a run reports to."""

    def begin(self, what: str, total: int) -> None:
        """A step of `total` units begins; the one before has ended."""

    def advance(self, count: int = 1) -> None:
        """So many more units are done."""

    def note(self, text: str) -> None:
        """One line for the reader."""


class Lines:
    """Plain lines to a logger: when a step begins, every ten seconds, and when it ends."""

    def __init__(self, logger: Any = None) -> None:
        self.logger = logger or logging.getLogger("communique")
        self._what, self._total, self._done, self._said = "", 0, 0, 0.0

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def begin(self, what: str, total: int) -> None:
        """See `Progress`."""
        self._what, self._total, self._done, self._said = what, total, 0, time.monotonic()
        self.logger.info("%s: %d to do", what, total)

    def advance(self, count: int = 1) -> None:
        """See `Progress`."""
        self._done += count
        now = time.monotonic()
        if now - self._said >= LINE_SECONDS or self._done == self._total:
            self._said = now
            self.logger.info("%s: %d of %d", self._what, self._done, self._total)

    def note(self, text: str) -> None:
        """See `Progress`."""
        self.logger.info("%s", text)


class Bar:
    """A progress bar on standard error."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        self._bar = RichProgress(*columns, console=Console(stderr=True))
        self._step: Any = None

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def begin(self, what: str, total: int) -> None:
        """See `Progress`."""
        self._step = self._bar.add_task(what, total=total)

    def advance(self, count: int = 1) -> None:
        """See `Progress`."""
        self._bar.advance(self._step, count)

    def note(self, text: str) -> None:
        """See `Progress`."""
        self._bar.console.print(text, markup=False, highlight=False)


def wants_bar(setting: bool | None) -> bool:
    """Whether to draw: as set, else when standard error is a terminal."""
    return sys.stderr.isatty() if setting is None else setting

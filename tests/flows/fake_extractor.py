"""An extractor that needs no model: firms are words before "Corp", persons words after "Minister", amounts dollars in millions.

A text that says "poison" ends the process, one that says "broken" raises, "slow" takes a while and "endless" never ends; `flows` gets
it by its name.
"""

from __future__ import annotations

import dataclasses
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from nlp.records import Amount, Deal, Extraction, Firm, Mention, Official, Record, Text, record_id

NAME = "fake_extractor"
MODEL = "fake"
LOADS = "COMMUNIQUE_TEST_LOADS"  # a file that gets a line whenever the model is loaded


class FakeExtractor:
    """Reads one text after the other."""

    def extract(self, texts: Iterable[Text]) -> Iterator[Extraction]:
        """One extraction per text."""
        for text in texts:
            if "poison" in text.text:
                os._exit(9)
            if "broken" in text.text:
                raise ValueError("this text\nis broken")
            if "endless" in text.text:
                re.match(r"(\w+\s?)*$", "a" * 60 + "!")  # in C, with Python's lock held
            if "slow" in text.text:
                time.sleep(0.05)
            yield Extraction(doc_id=text.doc_id, genre=text.genre or "other", parties=text.parties or (), records=tuple(_records(text)))


def _records(text: Text) -> Iterator[Record]:
    for match in re.finditer(r"(\w+) Corp", text.text):
        yield _finish(Firm(start=match.start(), end=match.end(), name=match[0], aliases=(match[1],)), text)
        yield _finish(Mention(start=match.start(1), end=match.end(1), label="FIRM", text=match[1]), text)
    for match in re.finditer(r"Minister (\w+ \w+)", text.text):
        official = Official(start=match.start(), end=match.end(), person=match[1], office="Minister", role="minister", jurisdiction="JP")
        yield _finish(official, text)
        yield _finish(Mention(start=match.start(1), end=match.end(1), label="PERSON", text=match[1]), text)
    for match in re.finditer(r"(\d+) million (dollars|euros)", text.text):
        amount, currency = float(match[1]) * 1e6, "USD" if match[2] == "dollars" else "EUR"
        yield _finish(
            Amount(start=match.start(), end=match.end(), text=match[0], amount_min=amount, amount_max=amount, currency=currency), text
        )
        deal = Deal(
            start=match.start(), end=match.end(), kind="grant", buyers=("Japan",), target="schools", amount_min=amount, currency=currency
        )
        yield _finish(deal, text)


def _finish(record: Record, text: Text) -> Record:
    placed = dataclasses.replace(
        record,
        doc_id=text.doc_id,
        published_on=text.published_on,
        evidence_spans=(record.start, record.end),
        evidence=text.text[record.start : record.end],
        pipeline_version=pipeline_version(MODEL),
    )
    return dataclasses.replace(placed, record_id=record_id(placed))


def load(model: str) -> FakeExtractor:
    """The extractor; leaves a trace, so that a test can tell whether it was loaded."""
    if model == "missing":
        raise ValueError("no such model")
    if trace := os.environ.get(LOADS):
        with Path(trace).open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
    return FakeExtractor()


def pipeline_version(model: str) -> str:
    """Changes when a test says so."""
    return os.environ.get("COMMUNIQUE_TEST_VERSION", "fake-1")


def component_versions(model: str) -> dict[str, str]:
    """One component."""
    return {"fake": pipeline_version(model)}

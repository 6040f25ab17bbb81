"""An extractor of two components, whose versions the test sets: `numbers` makes amounts, `names` officials, mentions and quotes.

`numbers` of version 2 reads thousands where version 1 read millions; `names` of version 2 knows Minister and Ministers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from nlp.records import Amount, Extraction, Mention, Official, Quote, Record, Text, record_id

NAME = "component_extractor"
MODEL = "fake"
VERSIONS = "COMMUNIQUE_TEST_COMPONENTS"  # a JSON object
READ = "COMMUNIQUE_TEST_READ"  # a file that gets a line for each text that is read


class ComponentExtractor:
    """Reads one text after the other."""

    def extract(self, texts: Iterable[Text]) -> Iterator[Extraction]:
        """One extraction per text."""
        for text in texts:
            if trace := os.environ.get(READ):
                with Path(trace).open("a", encoding="utf-8") as file:
                    file.write(f"{text.doc_id}\n")
            if "broken" in text.text:
                raise ValueError("this text is broken")
            records = tuple(_finish(record, text) for record in _records(text.text))
            yield Extraction(doc_id=text.doc_id, genre=text.genre or "other", parties=text.parties or (), records=records)


def _records(text: str) -> Iterator[Record]:
    versions = component_versions(MODEL)
    unit, worth = ("million", 1e6) if versions["numbers"] == "1" else ("thousand", 1e3)
    for match in re.finditer(rf"(\d+) {unit} euros", text):
        value = float(match[1]) * worth
        yield Amount(start=match.start(), end=match.end(), text=match[0], amount_min=value, amount_max=value, currency="EUR")
    for match in re.finditer(r"Ministers? (\w+ \w+)" if versions["names"] == "2" else r"Minister (\w+ \w+)", text):
        yield Official(start=match.start(), end=match.end(), person=match[1], office="Minister", role="minister", jurisdiction="JP")
        yield Mention(start=match.start(1), end=match.end(1), label="PERSON", text=match[1])
        yield Quote(start=0, end=3, text=text[:3], speaker=match[1].split()[-1], kind="direct")


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


def load(model: str) -> ComponentExtractor:
    return ComponentExtractor()


def component_versions(model: str) -> dict[str, str]:
    found: dict[str, str] = {"numbers": "1", "names": "1"} | json.loads(os.environ.get(VERSIONS, "{}"))
    return found


def pipeline_version(model: str) -> str:
    return hashlib.blake2b(json.dumps(component_versions(model), sort_keys=True).encode(), digest_size=4).hexdigest()


def table_components() -> dict[str, tuple[str, ...]]:
    makers = dict.fromkeys(("officials", "mentions", "quotes"), ("names",))
    return {"amounts": ("numbers",)} | makers | dict.fromkeys(("firms", "funds", "deals", "cooperations", "instruments", "topics"), ())

"""An extractor without a model: it gives the records that the real one found in a text once, for every variant of that text.

`benchmarks/scale.py` names it in `COMMUNIQUE_EXTRACTOR`, with the file of stored extractions as the model. A variant has the same
length as its base and names it in its address (`https://replay.invalid/<base>/<copy>`), so that every offset fits.
"""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path

from nlp.records import Extraction, Record, Text, record_id

VERSION = "replay-1"


class Replay:
    """Stored extractions by number of their base."""

    def __init__(self, stored: list[Extraction]) -> None:
        self.stored = stored

    def extract(self, texts: Iterable[Text]) -> Iterator[Extraction]:
        """One extraction per text: its base's, with the variant's own identity, day and evidence."""
        for text in texts:
            base = self.stored[int((text.url or "").split("/")[3])]
            yield dataclasses.replace(base, doc_id=text.doc_id, records=tuple(_placed(record, text) for record in base.records))


def _placed(record: Record, text: Text) -> Record:
    source = text.title if record.in_title else text.text
    spans = record.evidence_spans
    evidence = " … ".join(source[start:end] for start, end in zip(spans[::2], spans[1::2]))
    own = dataclasses.replace(record, doc_id=text.doc_id, published_on=text.published_on, evidence=evidence, pipeline_version=VERSION)
    return dataclasses.replace(own, record_id=record_id(own))


def load(model: str) -> Replay:
    """The extractor over a file written by `benchmarks/scale.py`."""
    return Replay(pickle.loads(Path(model).read_bytes()))


def pipeline_version(model: str) -> str:
    """The version on every row."""
    return VERSION


def component_versions(model: str) -> dict[str, str]:
    """One component."""
    return {"replay": VERSION}

"""Which code reads texts, and which version of it? The three functions that `extract` needs, over `nlp`.

Another module with the same three functions can be named in the setting `extractor`. Imports wait until they are needed: a run
with nothing to do loads neither spaCy nor a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from nlp.records import Extraction, Text


class Reads(Protocol):
    """What an extractor can do."""

    def extract(self, texts: Iterable[Text]) -> Iterator[Extraction]:
        """One `Extraction` per text, in order."""


def load(model: str) -> Reads:
    """The extractor over an installed spaCy package. Raises `ValueError` naming the mend where it is not installed."""
    from nlp.pipeline import load as load_pipeline

    return load_pipeline(model)


def pipeline_version(model: str) -> str:
    """The version that stands on every row this extractor makes."""
    from nlp.versions import pipeline_version as version

    return version(model)


def component_versions(model: str) -> dict[str, str]:
    """The version of each component."""
    from nlp.versions import component_versions as versions

    return versions(model)

"""Which code reads texts, and which version of it? The functions that `extract` and `reprocess` need, over `nlp`.

Another module can be named in the setting `extractor`: it needs `load`, `pipeline_version` and `component_versions`. Without
`table_components` every table depends on every component; without `annotation_versions` no annotation is kept. Imports wait until
they are needed: a run with nothing to do loads neither spaCy nor a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from nlp.records import Extraction, Text

if TYPE_CHECKING:
    from nlp.versions import AnnotationVersions


class Reads(Protocol):
    """What an extractor can do."""

    def extract(self, texts: Iterable[Text]) -> Iterator[Extraction]:
        """One `Extraction` per text, in order."""


def load(model: str) -> Reads:
    """The extractor over an installed spaCy package. Raises `ValueError` naming the mend where it is not installed."""
    from nlp.reuse import ReusingExtractor

    return ReusingExtractor(model)


def pipeline_version(model: str) -> str:
    """The version that stands on every row this extractor makes."""
    from nlp.versions import pipeline_version as version

    return version(model)


def component_versions(model: str) -> dict[str, str]:
    """The version of each component."""
    from nlp.versions import component_versions as versions

    return versions(model)


def table_components() -> dict[str, tuple[str, ...]]:
    """The components that the rows of each record table depend on."""
    from nlp.versions import table_components as components

    return components()


def dependencies() -> dict[str, tuple[str, ...]]:
    """The components that the rows of each record table depend on, directly or through others."""
    from nlp.versions import dependencies as through

    return through()


def annotation_versions(model: str) -> AnnotationVersions:
    """The versions by which annotation is kept."""
    from nlp.versions import annotation_versions as versions

    return versions(model)

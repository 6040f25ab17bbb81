"""The project's extractor as it would be after a change of one component: `quotes` gives no indirect ones, and has another version."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from flows import extractor
from flows.extractor import annotation_versions, dependencies, table_components
from nlp.records import Extraction, Quote, Text
from nlp.reuse import ReusingExtractor
from nlp.versions import combined_version

__all__ = ["annotation_versions", "dependencies", "table_components"]

NAME = "changed_extractor"


def component_versions(model: str) -> dict[str, str]:
    return extractor.component_versions(model) | {"quotes": "changed"}


def pipeline_version(model: str) -> str:
    return combined_version(component_versions(model))


def load(model: str) -> ReusingExtractor:
    return Changed(model, pipeline_version(model))


class Changed(ReusingExtractor):
    """Direct quotations alone."""

    def extract(self, texts: Iterable[Text | str]) -> Iterator[Extraction]:
        yield from map(_direct, super().extract(texts))

    def extract_annotated(self, *arguments: Any) -> Iterator[Any]:
        for reused in super().extract_annotated(*arguments):
            yield dataclasses.replace(reused, extraction=_direct(reused.extraction))


def _direct(extraction: Extraction) -> Extraction:
    kept = tuple(record for record in extraction.records if not isinstance(record, Quote) or record.kind == "direct")
    return dataclasses.replace(extraction, records=kept)

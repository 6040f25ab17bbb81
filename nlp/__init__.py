"""Text in, records out: `load()` gives an `Extractor`, `Extractor.extract(texts)` the records.

import nlp
for extraction in nlp.load().extract(["Japan and Vietnam agreed to cooperate on semiconductors."]):
    print(extraction.of("cooperations"))
"""

from __future__ import annotations

from typing import Any

__all__ = ["Extractor", "load"]


def __getattr__(name: str) -> Any:
    # spaCy takes a second to import; readers and queries that need only `nlp.records` must not wait for it.
    if name in __all__:
        from nlp import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'nlp' has no attribute {name!r}")

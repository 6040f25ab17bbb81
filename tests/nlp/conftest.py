"""One loaded extractor for all tests of the language side: the model takes seconds to load."""

from __future__ import annotations

import pytest

from nlp.pipeline import Extractor, load


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    return load()

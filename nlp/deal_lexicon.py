"""The words of deals (`lexicons/deals.json`), indexed by lemma."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(files("nlp.lexicons").joinpath("deals.json").read_text(encoding="utf-8"))
    return data


@cache
def words(name: str) -> frozenset[str]:
    """The word list of that name ("giving_verbs", "asset_nouns", …)."""
    return frozenset(_data()[name])


@cache
def frames_of_verbs() -> dict[str, tuple[str, ...]]:
    """Verb lemma → the frames it can open ("buy", "invest", …)."""
    found: dict[str, list[str]] = {}
    for frame, lemmas in _data()["verbs"].items():
        for lemma in lemmas:
            found.setdefault(lemma, []).append(frame)
    return {lemma: tuple(frames) for lemma, frames in found.items()}


@cache
def kinds_of_nouns() -> dict[str, str]:
    """Noun lemma → the kind of deal it names; the first list that holds it counts."""
    return {lemma: kind for kind, lemmas in reversed(_data()["nouns"].items()) for lemma in lemmas}


@cache
def status_words() -> dict[str, str]:
    """Lemma → the status it tells."""
    return {lemma: status for status, lemmas in _data()["status"].items() for lemma in lemmas}

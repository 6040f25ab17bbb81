"""Where a person's name sounds from: how likely each tradition of names is, by the letters of its words.

A naive look at letters, no knowledge of people: "Černohorská" sounds Czech, "Kariyawasam" Sri Lankan. It decides between states that a
text names, and is no evidence by itself. Multinomial logistic regression over pieces of up to four letters of single words, fitted by
`training/train_name_origins.py`; the traditions and their states stand in `lexicons/name_traditions.json`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from nlp import lexicons

MODEL = "name_origins.json"
LONGEST = 4

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BOUND = 3.0


def pieces(word: str) -> Iterator[str]:
    """The pieces of a word: letter sequences without accents, its ends marked, and each letter that is no plain Latin one."""
    plain = f"^{lexicons.fold(word)}$"
    for size in range(2, LONGEST + 1):
        for at in range(len(plain) - size + 1):
            yield plain[at : at + size]
    for letter in word.casefold():
        if not letter.isascii():
            yield letter


def name_words(name: str) -> list[str]:
    """The words of a name that tell its origin, double names apart: two letters at least."""
    return [part for word in _WORD.findall(name) for part in re.split("[-]", word) if len(part) > 1]


@cache
def _weights() -> tuple[list[str], list[float], dict[str, dict[int, float]]]:
    raw = json.loads(resources.files("nlp").joinpath("models", MODEL).read_text(encoding="utf-8"))
    return raw["traditions"], raw["bias"], {piece: {int(k): w for k, w in row.items()} for piece, row in raw["pieces"].items()}


@lru_cache(maxsize=4096)
def word_origins(word: str) -> tuple[float, ...]:
    """The probability of each tradition for one word, in the order of the weights."""
    _, bias, table = _weights()
    score = list(bias)
    for piece in pieces(word):
        for k, weight in table.get(piece, {}).items():
            score[k] += weight
    top = max(score)
    grown = [math.exp(s - top) for s in score]
    total = sum(grown)
    return tuple(g / total for g in grown)


@lru_cache(maxsize=4096)
def sounds_from(name: str) -> dict[str, float]:
    """Code of a state → how much better than chance its traditions fit the name, as a natural logarithm from -3 to 3.

    States of which no tradition is known are left out.
    """
    words = name_words(name)
    if not words:
        return {}
    traditions, _, _ = _weights()
    states = {entry["name"]: entry["countries"] for entry in lexicons.load("name_traditions")["traditions"]}
    found: dict[str, float] = {}
    rows = [word_origins(word) for word in words]
    for k, tradition in enumerate(traditions):
        fit = sum(math.log(max(1e-4, row[k]) * len(traditions)) for row in rows) / len(rows)
        for code in states[tradition]:
            found[code] = max(found.get(code, -_BOUND), min(_BOUND, max(-_BOUND, fit)))
    return found

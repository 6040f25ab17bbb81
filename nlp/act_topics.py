"""Which of the topics around a clause its act is about, by weights learned from the project's annotated passages.

A clause may be about a topic that its own words name, that its sentence, its list's lead or label, or the sentence before tells, or that
is the document's subject. Each such topic is weighed by where it stands and how sure `topics` is of it there: a binary logistic
regression over indicator features; `training/train_acts.py` fits it and writes `models/act_topics.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from nlp.acts import Clause
from nlp.topics import CARRIED, sentence_topics

_STEPS = 10  # of a probability
_SHARES = 5  # of the sentence's best probability
_MOST_COUNTED = 5
_DECIMALS = 6  # the last digits of a sum of floats differ with its order


@dataclass(frozen=True, slots=True)
class TopicModel:
    """`weights` by feature name, `offset`, and the probability `threshold` from which a topic is the act's."""

    weights: dict[str, float]
    offset: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the topics around a clause come from: probabilities in its sentence, and the codes that the label ("Health:"), the list's
    lead, the sentence before, the title and the whole document (most probable first) carry. `clauses` counts those of the sentence."""

    sentence: Mapping[str, float]
    label: tuple[str, ...]
    lead: tuple[str, ...]
    before: tuple[str, ...]
    title: tuple[str, ...]
    document: tuple[str, ...]
    clauses: int


@cache
def load_model() -> TopicModel:
    """The shipped weights, read at first use."""
    raw: dict[str, Any] = json.loads(resources.files("nlp").joinpath("models", "act_topics.json").read_text(encoding="utf-8"))
    return TopicModel(raw["weights"], float(raw["offset"]), float(raw["threshold"]))


def chosen(model: TopicModel, clause: Clause, sources: Sources, act: str, proposed: tuple[str, ...]) -> tuple[str, ...]:
    """The topics of a clause that is `act`, most probable first: those above the threshold, or the best one, or the proposed ones."""
    scores = [
        (round(model.offset + sum(model.weights.get(name, 0.0) for name in names), _DECIMALS), code)
        for code, names in topic_features(clause, sources, act, proposed)
    ]
    scores.sort(key=lambda pair: (-pair[0], pair[1]))
    least = math.log(model.threshold / (1 - model.threshold))
    kept = tuple(code for score, code in scores if score >= least)
    return kept or tuple(code for _, code in scores[:1]) or proposed


def topic_features(clause: Clause, sources: Sources, act: str, proposed: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Each topic that could be the act's, with the names of its indicator features."""
    head = clause.head
    words = clause.sentence.doc[head.left_edge.i : head.right_edge.i + 1]
    own = sentence_topics(words.text)
    here = list(sources.sentence)
    most = max(sources.sentence.values(), default=0.0)
    told = sum(sources.sentence[code] >= CARRIED for code in here)
    context = [f"act={act}", f"kind={clause.kind}", f"told={min(_MOST_COUNTED, told)}", f"clauses={min(3, sources.clauses)}"]
    for code in dict.fromkeys((*here, *sources.label, *sources.lead, *sources.before, *sources.title, *sources.document[:_MOST_COUNTED])):
        score = sources.sentence.get(code, 0.0)
        ways = [
            name
            for name, holds in (
                ("proposed", code in proposed),
                ("sentence", score >= CARRIED),
                ("own", code in own),
                ("label", code in sources.label),
                ("lead", code in sources.lead),
                ("before", code in sources.before),
                ("title", code in sources.title),
            )
            if holds
        ]
        place = sources.document.index(code) if code in sources.document else _MOST_COUNTED
        way = "way=" + "+".join(ways)
        strength, rank = f"score={int(score * _STEPS)}", f"document={min(_MOST_COUNTED, place)}"
        names = [*ways, way, strength, rank, f"beside={int(score / most * _SHARES) if most else 0}", f"code={code}"]
        names += [f"{name}|{c}" for name in (way, strength, rank) for c in context]
        names += [f"{strength}|{rank}|{told > 0}", f"code={code}|{score >= CARRIED}"]
        yield code, names

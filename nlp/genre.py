"""What kind of document it is, from its form and wording alone: it is told before anything is annotated."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from nlp import lexicons

_TITLE_SIGNS = (
    ("fact_sheet", r"\bfact[ -]?sheet\b|\bfactsheet\b|\bbackgrounder\b"),
    (
        "joint_statement",
        r"\bjoint\b[^.]{0,60}\b(?:statement|declaration|communiqu|readout|press|vision|conclusions)|\bcommuniqu"
        r"|\bco-?chairs?['’]? (?:statement|summary)|\bjoint (?:u\.?s|eu)\b"
        r"|\b(?:leaders|ministers|chairs?|heads of state)['’]s? (?:statement|declaration|communiqu)|\bdeclaration\b",
    ),
    ("readout", r"\breadout\b|\bread-out\b|\bcall with\b|\b(?:meets|met|spoke|speaks) with\b|['’]s? meeting with\b"),
    ("speech", r"\b(?:remarks|speech|keynote|opening statement|transcript)\b.*\b(?:by|of|at|to|delivered)\b|^remarks\b|^speech\b"),
    ("press_release", r"\b(?:press|media|news) release\b|^statement (?:by|from|of)\b"),
)
_SIGNS = tuple((genre, re.compile(sign, re.I)) for genre, sign in _TITLE_SIGNS)
_DATELINE = re.compile(r"^[A-Z][A-Z .,'’-]{2,40}(?:,? [A-Z][a-z]+\.? \d{1,2})?,?(?: \((?:Reuters|AP|AFP|Xinhua|Bloomberg)\)) ?[-–—] ")
_RELEASE = re.compile(r"\bfor immediate release\b|\bmedia contact\b|\bpress contact\b", re.I)

_WEIGHTS = Path(__file__).parent / "models" / "genre.json"
_READ_CHARACTERS = 2000
_NAME = re.compile(r"(?=[A-Z])(?<![.!?:”\"] )(?<!\n)(?<!^)\b[A-Z][\w’'-]+")  # the cheap look ahead first
_WORD = re.compile(r"[A-Za-z]+")
_FORMS = {
    "quotes": (re.compile(r'[“"]'), 4),
    "said": (re.compile(r"\b(?:said|told|added|says)\b", re.I), 6),
    "we": (re.compile(r"\b(?:we|our|us)\b", re.I), 3),
    "i": (re.compile(r"\bI\b"), 4),
    "you": (re.compile(r"\byour?\b", re.I), 4),
    "paragraphs": (re.compile(r"\n\n"), 4),
    "labels": (re.compile(r"(?m)^[^.\n]{3,60}(?::| [–-] )"), 4),
    "money": (re.compile(r"[$€£¥]\s?\d|\b[A-Z]{3} ?\d"), 4),
    "weekdays": (re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"), 4),
    "sides": (re.compile(r"\b(?:both|the two|the three|the) (?:sides|leaders|countries|ministers|parties|delegations)\b", re.I), 4),
    "fragments": (re.compile(r"[^.!?”\"\s]\s*(?:\n\n|$)"), 4),
}
"""Signs of form, counted per sentence; the number is the count per sentence that reads as 1."""


def classify(title: str, text: str, *, publisher: str | None = None, url: str | None = None) -> str:
    """The genre (`nlp.records.GENRES`): the title's own word for it, a wire's dateline, else what the learned weights say.

    The weights are a logistic regression over words and signs of form, trained on the project's own passages
    (`nlp.training.train_genre`).
    """
    for genre, sign in _SIGNS:
        if sign.search(title):
            return genre
    if _DATELINE.match(text) or lexicons.is_media(publisher or ""):
        return "news"
    if _RELEASE.search(text[:1500]) or _RELEASE.search(text[-600:]):
        return "press_release"
    weights = _weights()
    scores = list(weights["bias"])
    for name, value in features(title, text, publisher).items():
        weighed = weights["features"].get(name)
        if weighed is not None:
            scores = [score + weight * value for score, weight in zip(scores, weighed)]
    return str(weights["genres"][max(range(len(scores)), key=scores.__getitem__)])


@cache
def _weights() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return data


def features(title: str, text: str, publisher: str | None) -> dict[str, float]:
    """What the classifier sees: words and word pairs of the opening (names masked), words of the title, signs of form, the publisher."""
    opening = text[:_READ_CHARACTERS]
    words = [w.lower() for w in _WORD.findall(_NAME.sub("NAME", opening))]
    counts = Counter([f"w:{w}" for w in words] + [f"w:{a} {b}" for a, b in pairwise(words)])
    found = {name: 1 + math.log(n) for name, n in counts.items()}
    norm = math.sqrt(sum(v * v for v in found.values())) or 1.0
    found = {name: v / norm for name, v in found.items()}
    for word in {w.lower() for w in _WORD.findall(title)}:
        found[f"t:{word}"] = 0.35
    sentences = max(1, len(re.findall(r"[.!?](?:\s|$)", opening)))
    for name, (pattern, scale) in _FORMS.items():
        found[f"form:{name}:{min(4, int(len(pattern.findall(opening)) / sentences * scale))}"] = 0.5
    found[f"publisher:{_publisher_kind(publisher)}"] = 0.5
    return found


def _publisher_kind(publisher: str | None) -> str:
    if not publisher:
        return "none"
    return (
        "public"
        if re.search(r"\b(?:Ministry|Government|Department|Office|Embassy|Commission|Secretariat|Council|House)\b", publisher)
        else "other"
    )

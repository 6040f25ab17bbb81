"""What kind of document it is and who issues it or meets in it, from its form and wording alone (no model needed)."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
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
_NAME = re.compile(r"(?<![.!?:”\"] )(?<!\n)(?<!^)\b[A-Z][\w’'-]+")
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
    if _DATELINE.search(text) or lexicons.is_media(publisher or ""):
        return "news"
    if _RELEASE.search(text[:1500]) or _RELEASE.search(text[-600:]):
        return "press_release"
    weights = _weights()
    scores = list(weights["bias"])
    for name, value in features(title, text, publisher).items():
        for k, weight in enumerate(weights["features"].get(name, ())):
            scores[k] += weight * value
    return str(weights["genres"][max(range(len(scores)), key=scores.__getitem__)])


@cache
def _weights() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return data


def features(title: str, text: str, publisher: str | None) -> dict[str, float]:
    """What the classifier sees: words and word pairs of the opening (names masked), words of the title, signs of form, the publisher."""
    opening = text[:_READ_CHARACTERS]
    words = [w.lower() for w in _WORD.findall(_NAME.sub("NAME", opening))]
    counts = Counter([f"w:{w}" for w in words] + [f"w:{a} {b}" for a, b in zip(words, words[1:])])
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
    return "public" if re.search(r"\b(?:Ministry|Government|Department|Office|Embassy|Commission|Secretariat|Council|House)\b", publisher) else "other"


def find_parties(title: str, text: str, genre: str, *, publisher: str | None = None, url: str | None = None) -> tuple[str, ...]:
    """Codes of the countries and blocs that issue the document or meet in it; none for news.

    Told by the title's countries, by its people ("Presidents A and B": their country stands beside their name in the text), by the
    issuer, and, where the title names no counterpart, by the leaders the text lists ("Prime Minister X of Y") and its opening.
    """
    if genre in ("news", "other", "speech"):
        return ()
    opening = text[:1200]
    codes = dict.fromkeys(lexicons.codes_in(title))
    for code in _people_of(title, text):
        codes.setdefault(code)
    if genre in ("fact_sheet", "readout", "press_release"):
        issuer = lexicons.publisher_country(publisher, url)
        if issuer:
            codes = {issuer: None, **codes}
    if genre != "press_release" and len([c for c in codes if not lexicons.members(c)]) < 2:
        listed = dict.fromkeys(code for _, code in _leaders(text))
        if len(listed) > 1:
            codes.update(listed)
    if genre == "joint_statement" and len(codes) < 2:
        codes.update(dict.fromkeys(lexicons.codes_in(opening[:400])))
    return tuple(_without_groups(codes, opening))


def _without_groups(codes: Iterable[str], opening: str) -> Iterator[str]:
    """A small format that has no legal person (the Quad) gives way to its members where the opening names two of them or more."""
    named = set(lexicons.codes_in(opening))
    for code in codes:
        members = lexicons.members(code)
        if 0 < len(members) <= 5 and lexicons.is_group(code) and len(named & set(members)) > 1:
            yield from (member for member in members if member not in codes)
        else:
            yield code


_LEADER = re.compile(
    r"\b(?:(?:Prime|Foreign|Deputy|First|Vice)[ -])?(?:Presidents?|Ministers?|Premier|Chancellor|King|Queen|Emir|Sultan|Crown Prince|Taoiseach|Secretary|Governor-General)"
    r"[ ,]+(?:H\.?E\.? )?(?P<name>(?:Dr\. )?[A-Z][\w.’'-]+(?: (?:[A-Z][\w.’'-]+|bin|al|de|van|von|der|da|del)){0,4}),? (?:of|from) (?:the )?(?=[A-Z])"
)


def _leaders(text: str) -> Iterator[tuple[str, str]]:
    """Name and code of each "Prime Minister X of Y" in a text."""
    spans = {start: code for start, _, code in lexicons.code_spans(text)}
    for match in _LEADER.finditer(text):
        if match.end() in spans:
            yield match["name"], spans[match.end()]


_NAME_WORD = re.compile(r"(?:(?:von|van|de|der|da|del|bin|al|El|Al) )*[A-Z][^\W\d_]+(?:[-’'][A-Z]?[^\W\d_]+)*")
_OFFICE = r"(?:President|Prime Minister|Premier|Chancellor|Minister|Secretary|King|Queen|Emir|Leader|Advisor|Adviser|Commissioner|Representative)"


def _people_of(title: str, text: str) -> Iterator[str]:
    """Codes of people named with their office in the title, from the country that stands beside them in the text."""
    if not re.search(_OFFICE, title):
        return
    spans = list(lexicons.code_spans(text[:6000]))
    after = title[re.search(_OFFICE, title).start() :]  # type: ignore[union-attr]
    for word in dict.fromkeys(_NAME_WORD.findall(after)):
        surname = word.split()[-1]
        for match in re.finditer(rf"\b{re.escape(surname)}\b", text[:6000]):
            code = next((c for a, b, c in spans if _beside(text, a, b, match.start(), match.end())), None)
            if code:
                yield code
                break


def _beside(text: str, start: int, end: int, name_start: int, name_end: int) -> bool:
    """Does a country stand in front of a person with an office between ("Indonesian President Joko X") or after ("X of Chile")?"""
    if end <= name_start and name_start - end < 60:
        between = text[end:name_start]
        return bool(re.fullmatch(rf"(?:[’']s)? (?:Commission |Council )?[\w -]{{0,20}}{_OFFICE}[\w .’'-]{{0,30}}", between))
    return name_end < start and bool(re.fullmatch(r",? of (?:the )?", text[name_end:start]))

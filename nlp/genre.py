"""What kind of document it is and who issues it or meets in it, from its form and wording alone (no model needed)."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
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
_PARTY_WEIGHTS = Path(__file__).parent / "models" / "parties.json"
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


def find_parties(title: str, text: str, genre: str, *, publisher: str | None = None, url: str | None = None) -> tuple[str, ...]:
    """Codes of the countries and blocs that issue the document or meet in it; none for news.

    Every country and bloc that the document names is a candidate. Sure are those of the title's countries and people, the issuer of a
    readout or fact sheet, and the leaders that it lists where the title names no counterpart; of the others learned weights
    (`nlp.training.train_parties`) decide over where and how often they stand: in the opening, with "the X side", beside a minister.
    """
    if genre == "news":
        return ()
    sure = set(_told_outright(title, text, genre, lexicons.publisher_country(publisher, url)))
    chosen = []
    weights = _party_weights()
    for code, found in party_features(title, text, genre, publisher=publisher, url=url).items():
        if code in sure:
            chosen.append(code)
            continue
        score = weights["bias"] + sum(weights["features"].get(name, 0.0) * value for name, value in found.items())
        if score > 0:
            chosen.append(code)
    return tuple(_without_groups(chosen, text[:1200]))


def _told_outright(title: str, text: str, genre: str, issuer: str | None) -> Iterator[str]:
    """Parties that title, issuer and list of leaders tell without weighing."""
    if genre in ("other", "speech"):
        return
    told = dict.fromkeys([*lexicons.codes_in(title), *_people_of(title, text)])
    if issuer and genre in ("fact_sheet", "readout", "press_release"):
        told.setdefault(issuer)
    if genre != "press_release" and len([c for c in told if not lexicons.members(c)]) < 2:
        listed = dict.fromkeys(code for _, code in _leaders(text))
        if len(listed) > 1:
            told.update(listed)
    yield from told


@cache
def _party_weights() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_PARTY_WEIGHTS.read_text(encoding="utf-8"))
    return data


_MOST_CHARACTERS = 30_000
_OPENING, _CLOSING = 500, 400


def party_features(
    title: str, text: str, genre: str, *, publisher: str | None = None, url: str | None = None
) -> dict[str, dict[str, float]]:
    """For each country or bloc of a document, in order of appearance, what speaks for its being a party."""
    text = text[:_MOST_CHARACTERS]
    issuer = lexicons.publisher_country(publisher, url)
    in_title = lexicons.codes_in(title)
    people = list(_people_of(title, text)) if title else []
    led = {code for _, code in _leaders(text)}
    spans = list(lexicons.code_spans(text))
    counts = Counter(code for _, _, code in spans)
    first = {code: start for start, _, code in reversed(spans)}
    opening = _opening_length(text)
    blocs = [c for c in (*in_title, *counts) if lexicons.members(c)]
    found: dict[str, dict[str, float]] = {}
    for code in dict.fromkeys([*([issuer] if issuer else []), *in_title, *people, *counts]):
        f = {"genre:" + genre: 1.0}
        count = counts[code]
        f["count"] = math.log1p(count)
        f["share"] = count / (len(spans) or 1)
        f["top two"] = float(code in [c for c, _ in counts.most_common(2)])
        if code in in_title:
            f["title"] = f["title:" + genre] = 1.0
            f["title pair"] = float(len(in_title) > 1)
        if in_title and code not in in_title:
            f["title has others"] = min(len(in_title), 3)
        if code in people:
            f["title person"] = 1.0
        if code in led:
            f["leader"] = 1.0
            f["leaders many"] = float(len(led) > 2)
        if code == issuer:
            f["issuer"] = f["issuer:" + genre] = 1.0
        if first.get(code, opening) < opening:
            f["opening"] = f["opening:" + genre] = 1.0
        elif first.get(code, 0) < _OPENING:
            f["early"] = 1.0
        if any(c == code and start > len(text) - _CLOSING for start, _, c in spans) and len(text) > 2 * _CLOSING:
            f["closing"] = 1.0
        for start, end, c in spans:
            if c == code:
                for name, sign in _PARTY_SIGNS.items():
                    if sign.search(text[max(0, start - 40) : start] + "|" + text[end : end + 40]):
                        f[name] = f.get(name, 0.0) + 1.0
        for name in _PARTY_SIGNS:
            if name in f:
                f[name] = min(f[name], 3.0)
        f["bloc"] = float(bool(lexicons.members(code)))
        f["member of a party bloc"] = float(any(code in lexicons.members(b) for b in blocs))
        f["single"] = float(len(counts) == 1)
        f["many"] = float(len(counts) > 6)
        found[code] = f
    return found


def _opening_length(text: str) -> int:
    """Where the first sentence with a verb's full stop ends: at least 80, at most 400 characters."""
    end = re.search(r"[.;]\s", text[80:400])
    return 80 + end.start() if end else 400


_PARTY_SIGNS = {
    "side": re.compile(r"\|(?:[’']s)? (?:side|delegation|party)\b|\bside from (?:the )?\|"),
    "and between": re.compile(r"\bbetween (?:the )?(?:\w+ ){0,4}\||\b[Bb]etween\b[^|.]{0,40}\|"),
    "with": re.compile(r"\bwith (?:the )?(?:\w+ ){0,3}\|"),
    "minister": re.compile(r"\|(?:[’']s)? (?:[\w,-]+ ){0,4}(?:Minister|President|Secretary|Ambassador|Chancellor|Commissioner|Premier)"),
    "minister of": re.compile(
        r"(?:Minister|President|Secretary|Ambassador|Chancellor|Commissioner|Premier|King|Government)[^|.]{0,25} (?:of|from) (?:the )?\|"
    ),
    "coordinated": re.compile(r"\| and\b|\band (?:the )?\||\|, "),
    "against": re.compile(r"\b(?:against|by|from|in|to|of) (?:the )?\|"),
    "acts": re.compile(r"\| (?:will|agreed|and|shall|has|have|welcomed|reaffirmed|noted|thanked|offers?|pledges?)\b"),
}


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
    r"\b(?:(?:Prime|Foreign|Deputy|First|Vice)[ -])?"
    r"(?:Presidents?|Ministers?|Premier|Chancellor|King|Queen|Emir|Sultan|Crown Prince|Taoiseach|Secretary|Governor-General)[ ,]+"
    r"(?:H\.?E\.? )?(?P<name>(?:Dr\. )?[A-Z][\w.’'-]+(?: (?:[A-Z][\w.’'-]+|bin|al|de|van|von|der|da|del)){0,4})"
    r",? (?:of|from) (?:the )?(?=[A-Z])"
)


def _leaders(text: str) -> Iterator[tuple[str, str]]:
    """Name and code of each "Prime Minister X of Y" in a text."""
    spans = {start: code for start, _, code in lexicons.code_spans(text)}
    for match in _LEADER.finditer(text):
        if match.end() in spans:
            yield match["name"], spans[match.end()]


_NAME_WORD = re.compile(r"(?:(?:von|van|de|der|da|del|bin|al|El|Al) )*[A-Z][^\W\d_]+(?:[-’'][A-Z]?[^\W\d_]+)*")
_OFFICE = (
    r"(?:President|Prime Minister|Premier|Chancellor|Minister|Secretary|King|Queen|Emir|Leader|Advisor|Adviser|Commissioner|Representative)"
)


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

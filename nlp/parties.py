"""Who issues a document or meets in it: the codes of its parties, from title and text, before anything is annotated.

Every country, bloc and body that the document names, also by its people, its capital or a ministry, is a candidate; learned weights
(`nlp.training.train_parties`) decide over where and how it stands: in the title, in the first sentence, beside a minister, with "the
X side", as the publisher's own. News has no parties.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from nlp import lexicons
from nlp import names as name_rules

_WEIGHTS = Path(__file__).parent / "models" / "parties.json"
_MOST_CHARACTERS = 30_000
_SHORTEST_OPENING, _LONGEST_OPENING = 80, 400
_EARLY, _CLOSING = 600, 400
_MOST_COUNTED = 3.0
_MEETINGS = ("joint_statement", "readout")


def find_parties(title: str, text: str, genre: str, *, publisher: str | None = None, url: str | None = None) -> tuple[str, ...]:
    """Codes of the countries and blocs that issue the document or meet in it, in order of appearance; none for news."""
    if genre == "news":
        return ()
    weights = _weights()
    sure = set(_listed_leaders(title, text, genre))
    scores = {
        code: weights["bias"] + sum(weights["features"].get(name, 0.0) * value for name, value in found.items())
        for code, found in party_features(title, text, genre, publisher=publisher, url=url).items()
    }
    known = {n.code for n in _namings(title)} | {lexicons.publisher_country(publisher, url)}
    together = _scores_together(text, scores, {code for code in known if code})
    chosen = [code for code in scores if code in sure or together[code] > 0]
    issuer = lexicons.publisher_country(publisher, url)
    if genre == "readout" and chosen and issuer and issuer not in chosen:
        chosen.insert(0, issuer)  # whoever tells of a meeting was there, and need not name itself
    return tuple(without_groups(chosen, title + "\n" + text[:1200]))


def _scores_together(text: str, scores: dict[str, float], known: set[str]) -> dict[str, float]:
    """The scores, where a roll's sides are in or out together: one whom only the roll names has the roll's mean, others at least that.

    Those whom the title names or who publish the document tell nothing of the others.
    """
    in_text = _namings(text[:_MOST_CHARACTERS])
    counts = Counter(n.code for n in in_text)
    found = dict(scores)
    for roll in _rolls(text[:_MOST_CHARACTERS], in_text):
        codes = {n.code for n in roll if n.code in scores}
        others = codes - known or codes
        mean = sum(scores[code] for code in others) / len(others)
        for code in others:
            found[code] = max(found[code], mean) if counts[code] > 1 or mean > 0 else mean
    return found


def _listed_leaders(title: str, text: str, genre: str) -> list[str]:
    """Codes of the leaders whom a meeting's document lists, where the title names no counterpart ("… with Island Leaders")."""
    if genre not in _MEETINGS or len([n for n in _namings(title) if not lexicons.members(n.code)]) > 1:
        return []
    listed = list(dict.fromkeys(code for _, code in leaders(text, _namings(text))))
    return listed if len(listed) > 1 else []


@cache
def _weights() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True, slots=True)
class Naming:
    """One place where a side is named: half-open code points, its code, how ("name", "adjective", "capital", "metonym", "body")."""

    start: int
    end: int
    code: str
    kind: str


@cache
def _forms_by_first_word() -> dict[str, list[tuple[str, str, str]]]:
    """First word → (form, code, kind), longest form first."""
    best: dict[str, tuple[float, str, str]] = {}
    for surface in lexicons.surfaces():
        if surface.code and surface.kind != "fund":
            kind = surface.kind + ("?" if surface.ambiguous else "")
            best[surface.form] = max(best.get(surface.form, (0.0, "", "")), (surface.score, surface.code, kind))
    index: dict[str, list[tuple[str, str, str]]] = {}
    for form in sorted(best, key=lambda f: (-len(f), f)):
        first = _WORD.match(form)
        if first:
            index.setdefault(first.group(), []).append((form, *best[form][1:]))
    return index


_WORD = re.compile(r"[^\W_]+")
_CAPITALISED = re.compile(r"(?<![\w.])[^\W\d_a-z][^\W_]*")
# What only bears the name of a state or capital: "New Mexico", "Gulf of Thailand", "South China Sea", "Paris Agreement".
_CALLED_BEFORE = re.compile(r"\b(?:New|NEW|(?:Gulf|Sea|Straits?|Bay|Bight|Isthmus)\s+of)\s+$")
_CALLED_BEHIND = re.compile(r"\s+(?:Sea|Straits?|Ocean|Gulf|Bay|Canal|Channel|Peninsula|Archipelago)\b")
_INSTRUMENT_BEHIND = re.compile(
    r"\s+(?:[A-Z]\w+\s+){0,2}(?:climate\s+)?(?:[Aa]greements?|[Aa]ccords?|Protocols?|Conventions?|Declaration|Treaty|Pact|Consensus|Principles"
    r"|Charter|Club|Final Act)\b"
)
_LONGEST_BEFORE = 16


def namings(text: str) -> Iterator[Naming]:
    """Each place where a text names a state, bloc or body with a code, longest form first; "US$" is money."""
    index, at = _forms_by_first_word(), 0
    for word in _CAPITALISED.finditer(text):
        if word.start() < at:
            continue
        for form, code, kind in index.get(word.group(), ()):
            end = word.start() + len(form)
            if text.startswith(form, word.start()) and not text[end : end + 1].isalnum() and text[end : end + 1] not in ("$", "£", "€"):
                if not _only_bears_the_name(text, word.start(), end, kind):
                    yield Naming(word.start(), end, code, kind)
                at = end
                break


def _only_bears_the_name(text: str, start: int, end: int, kind: str) -> bool:
    if name_rules.is_native_people(text, start, end):
        return True
    if _CALLED_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start) or _CALLED_BEHIND.match(text, end):
        return True
    return kind.startswith("capital") and _INSTRUMENT_BEHIND.match(text, end) is not None


@lru_cache(maxsize=4)
def _namings(text: str) -> tuple[Naming, ...]:
    """The namings of a text, which the steps of one document ask for several times."""
    return tuple(namings(text))


def party_features(
    title: str, text: str, genre: str, *, publisher: str | None = None, url: str | None = None
) -> dict[str, dict[str, float]]:
    """For each side that a document names, in order of appearance, what speaks for its being a party."""
    text = text[:_MOST_CHARACTERS]
    issuer = lexicons.publisher_country(publisher, url)
    in_title, in_text = _namings(title), _namings(text)
    by_code: dict[str, list[Naming]] = {}
    for naming in in_text:
        by_code.setdefault(naming.code, []).append(naming)
    rolls = _rolls(text, in_text)
    whole = {n.start: (roll[0].start, roll[-1].end) for roll in rolls for n in roll}
    # What stands in a roll stands where the roll does: it begins and ends with it.
    placed = [Naming(*whole.get(n.start, (n.start, n.end)), n.code, "roll" if n.start in whole else n.kind) for n in in_text]
    early = [n for n in placed if n.start < _EARLY]
    opening = _opening_length(text)
    people = set(_people_of(title, text, in_text)) if title else set()
    led = {code for _, code in leaders(text, in_text)}
    counts = Counter(n.code for n in in_text)
    names = Counter(n.code for n in in_text if n.kind in ("name", "adjective"))
    title_codes = list(dict.fromkeys(n.code for n in in_title))
    opening_codes = list(dict.fromkeys(n.code for n in placed if n.start < opening))
    in_roll = {n.code for n in placed if n.kind == "roll" and n.start < opening}
    told = bool(in_roll) or len(led) > 1 or len(title_codes) > 1
    listed = _listed(title, in_title) | _listed(text, [n for n in in_text if n.start < opening])
    roll = _roll(text, rolls, {code for code in (issuer, *title_codes) if code})
    blocs = [c for c in (*title_codes, *counts) if lexicons.members(c)]
    ranks = {code: rank for rank, (code, _) in enumerate(names.most_common(6))}
    total = sum(names.values()) or 1
    found: dict[str, dict[str, float]] = {}
    for code in dict.fromkeys([*([issuer] if issuer else []), *title_codes, *counts]):
        f: dict[str, float] = {"genre:" + genre: 1.0}

        def note(name: str, f: dict[str, float] = f) -> None:
            f[name] = f[f"{name}|{genre}"] = 1.0

        f["count"], f["share"] = math.log1p(names[code]), names[code] / total
        # Where a document names its sides at once, whom it names often besides is what it speaks of.
        f["count|" + ("told" if told else "open")] = f["count"]
        note(f"rank:{'roll' if code in in_roll else ranks.get(code, 'low')}")
        if not names[code]:
            f["never by name"] = 1.0
        if code in title_codes:
            note("title")
            f["title place"] = float(title_codes.index(code) > 1)
        note(f"title has:{min(3, len(title_codes))}:{code in title_codes}")
        if code in opening_codes:
            note("opening")
            note(f"opening place:{'roll' if code in in_roll else min(3, opening_codes.index(code))}")
        note(f"opening has:{min(4, len(opening_codes))}:{code in opening_codes}")
        if code in listed:
            note("in a list")
            f["list with a title's"] = float(bool(listed & set(title_codes) - {code}))
        for where in sorted(roll.get(code, ())):
            note("roll: " + where)
        if code == issuer:
            note("issuer")
        elif issuer:
            f["another issues"] = 1.0
        if code in people:
            note("title person")
        if code in led:
            note("leader")
            f["leaders many"] = float(len(led) > 2)
        places = by_code.get(code, [])
        if places and places[-1].start > len(text) - _CLOSING and len(text) > 2 * _CLOSING:
            note("closing")
        if code not in opening_codes and any(n.code == code for n in early):
            note("early")
        _note_contexts(f, code, title, in_title, "t")
        _note_contexts(f, code, text, early, "e")
        _note_signs(f, text, places)
        if lexicons.members(code):
            note("bloc")
        elif code in lexicons.blocs():
            note("body")
        f["member of a named bloc"] = float(any(code in lexicons.members(b) for b in blocs))
        f["single"], f["many"] = float(len(names) == 1), float(len(names) > 6)
        found[code] = f
    return found


_LINK = re.compile(r",? (?:and|&) (?:the )?|, (?:the )?| ?[-–/] ?")


def _listed(text: str, named: Sequence[Naming]) -> set[str]:
    """Codes of sides that stand in one list with another: "the United States, Mexico, and Canada", "EU-Japan"."""
    found: set[str] = set()
    for one, other in pairwise(named):
        if one.code != other.code and _LINK.fullmatch(text, one.end, other.start):
            found |= {one.code, other.code}
    return found


_ROLL_LINK = re.compile(
    r"[\s,;•*·–-]*(?:\([^()\n]{1,40}\))?[\s,;•*·–-]*(?:and|&)?\s*(?:[Tt]he )?"
    r"(?:[A-Z][A-Z]+, (?:and )?(?:the )?)?"  # a body without a code
    r"(?:(?:[A-Z][\w\u2010-\u2014-]+ ){0,3}"
    r"(?:Republic|Kingdom|Government|States|State|Federation|Union|Commonwealth|Principality|Sultanate) of )?(?:the )?"
)
_ROLL_CUE = re.compile(
    r"\b(?:we|ministers|leaders|governments?|representatives|heads|participants?|members?|signator(?:y|ies)|endors\w+|joined|parties|"
    r"participat\w+|delegations|officials|presidents|founding|states|countries|economies|partners|attended|on behalf)\b[^.]*$",
    re.I,
)
_SHORTEST_ROLL, _ROLL_REACH, _ROLL_EARLY = 4, 100, 1500


def _rolls(text: str, named: Iterable[Naming]) -> list[list[Naming]]:
    """The rolls of a text: four states, blocs or bodies or more with nothing between them but what joins a list."""
    runs: list[list[Naming]] = []
    for naming in named:
        if not naming.kind.startswith(("name", "body")):
            continue
        if runs and _ROLL_LINK.fullmatch(text, runs[-1][-1].end, naming.start):
            runs[-1].append(naming)
        else:
            runs.append([naming])
    return [run for run in runs if len({n.code for n in run}) >= _SHORTEST_ROLL]


def _roll(text: str, rolls: Iterable[list[Naming]], known: set[str]) -> dict[str, set[str]]:
    """Where a roll names a side: early, at the end, behind a word of participants ("joined by:"), with one who is known to be a side."""
    found: dict[str, set[str]] = {}
    for run in rolls:
        where = {"any", "early" if run[0].start < _ROLL_EARLY else "late"}
        if _ROLL_CUE.search(text[max(0, run[0].start - _ROLL_REACH) : run[0].start]):
            where.add("cue")
        if run[-1].end > len(text) - _CLOSING:
            where.add("end")
        where.add("with a known side" if known & {n.code for n in run} else "of others")
        for naming in run:
            found.setdefault(naming.code, set()).update(where)
    return found


_SPLIT = re.compile(r"[\w’']+|[^\w\s]|\n+")


def _note_contexts(f: dict[str, float], code: str, text: str, spans: Iterable[Naming], zone: str) -> None:
    """The words around each naming: what stands before and behind it, other namings and names masked."""
    for naming in spans:
        if naming.code != code:
            continue
        f[f"{zone}kind:{naming.kind}"] = 1.0
        before = [_mask(w) for w in _SPLIT.findall(text[max(0, naming.start - 60) : naming.start])[-3:]] or ["^"]
        after = [_mask(w) for w in _SPLIT.findall(text[naming.end : naming.end + 60])[:3]] or ["$"]
        for side, words in (("<", before[::-1]), (">", after)):
            for distance, word in enumerate(words[:2]):
                f[f"{zone}{side}{distance}:{word}"] = 1.0
            if len(words) > 1:
                f[f"{zone}{side}:{words[0]} {words[1]}"] = 1.0


def _mask(word: str) -> str:
    return "Name" if word[:1].isupper() and not _OFFICE_WORD.fullmatch(word) else "0" if word.isdigit() else word.lower()


def _note_signs(f: dict[str, float], text: str, places: Iterable[Naming]) -> None:
    """How often each sign stands beside a side; beyond `_MOST_COUNTED` nobody looks."""
    looked_for = dict(_SIGNS)
    for naming in places:
        around = text[max(0, naming.start - 40) : naming.start] + "|" + text[naming.end : naming.end + 40]
        for name in [name for name, sign in looked_for.items() if sign.search(around)]:
            f[name] = f.get(name, 0.0) + 1.0
            if f[name] >= _MOST_COUNTED:
                del looked_for[name]


def _opening_length(text: str) -> int:
    """Where the first sentence with a verb's full stop ends."""
    end = re.search(r"[.;]\s", text[_SHORTEST_OPENING:_LONGEST_OPENING])
    return _SHORTEST_OPENING + end.start() if end else _LONGEST_OPENING


_OFFICES = r"(?:Minister|President|Secretary|Ambassador|Chancellor|Commissioner|Premier|Representative|Adviser|Advisor|Envoy|Governor)"
_SIGNS = {
    "side": re.compile(r"\|(?:[’']s)? (?:side|delegation|party)\b|\bside from (?:the )?\|"),
    "and between": re.compile(r"\bbetween (?:the )?(?:\w+ ){0,4}\||\b[Bb]etween\b[^|.]{0,40}\|"),
    "with": re.compile(r"\bwith (?:the )?(?:\w+ ){0,3}\|"),
    "minister": re.compile(rf"\|(?:[’']s)? (?:[\w,-]+ ){{0,4}}{_OFFICES}"),
    "minister of": re.compile(rf"(?:{_OFFICES}|King|Government)[^|.]{{0,25}} (?:of|from) (?:the )?\|"),
    "coordinated": re.compile(r"\| and\b|\band (?:the )?\||\|, "),
    "against": re.compile(r"\b(?:against|by|from|in|to|of) (?:the )?\|"),
    "acts": re.compile(r"\| (?:will|agreed|and|shall|has|have|welcomed|reaffirmed|noted|thanked|offers?|pledges?)\b"),
    "our": re.compile(r"\b(?:our|my|this)\b[^.|]{0,20}\|", re.I),
    "signs": re.compile(r"\b[Ff]or (?:the )?(?:Government of )?(?:the )?(?:Republic of )?(?:the )?\|"),
    "line": re.compile(r"\n(?:[-–•*] )?(?:the )?\|(?:[:,]| [-–—])", re.I),
}
_OFFICE_WORD = re.compile(
    _OFFICES + r"s?|Prime|Foreign|Finance|Defence|Defense|Deputy|Vice|Minister|Ministers|Government|Republic|Kingdom|Summit|Meeting|Joint|"
    r"Statement|Call|Readout|Dialogue|Leaders?|King|Queen|Ministry|Embassy|House|Department|Dr|Mr|Ms|Mrs|Bank|Fund|Office|Central|National"
)


def without_groups(codes: Iterable[str], opening: str) -> Iterator[str]:
    """A small format that has no legal person (the Quad) gives way to its members where the opening names two of them or more."""
    codes = list(codes)
    for code in codes:
        members = lexicons.members(code)
        if 0 < len(members) <= 5 and lexicons.is_group(code) and len(set(lexicons.codes_in(opening)) & set(members)) > 1:
            yield from (member for member in members if member not in codes)
        else:
            yield code


_LEADER = re.compile(
    r"\b(?:(?:Prime|Foreign|Deputy|First|Vice)[ -])?"
    r"(?:Presidents?|Ministers?|Premier|Chancellor|King|Queen|Emir|Sultan|Crown Prince|Taoiseach|Secretary|Governor-General)[ ,]+"
    r"(?:H\.?E\.? )?(?P<name>(?:Dr\. )?[A-Z][\w.’'-]+(?: (?:[A-Z][\w.’'-]+|bin|al|de|van|von|der|da|del)){0,4})"
    r",? (?:of|from) (?:the )?(?=[A-Z])"
)


def leaders(text: str, named: Iterable[Naming]) -> Iterator[tuple[str, str]]:
    """Name and code of each "Prime Minister X of Y" in a text."""
    codes = {n.start: n.code for n in named}
    for name, end in _titled(text):
        if end in codes:
            yield name, codes[end]


@lru_cache(maxsize=4)
def _titled(text: str) -> tuple[tuple[str, int], ...]:
    """Each "Prime Minister X of": the name, and where what follows begins."""
    return tuple((match["name"], match.end()) for match in _LEADER.finditer(text))


_NAME_WORD = re.compile(r"(?:(?:von|van|de|der|da|del|bin|al|El|Al) )*[A-Z][^\W\d_]+(?:[-’'][A-Z]?[^\W\d_]+)*")
_OFFICE = (
    r"(?:President|Prime Minister|Premier|Chancellor|Minister|Secretary|King|Queen|Emir|Leader|Advisor|Adviser|Commissioner|Representative)"
)
_READ_FOR_PEOPLE = 6_000


def _people_of(title: str, text: str, named: Iterable[Naming]) -> Iterator[str]:
    """Codes of people named with their office in the title, from the country that stands beside them in the text."""
    office = re.search(_OFFICE, title)
    if office is None:
        return
    text = text[:_READ_FOR_PEOPLE]
    spans = [n for n in named if n.end <= _READ_FOR_PEOPLE]
    for word in dict.fromkeys(_NAME_WORD.findall(title[office.start() :])):
        surname = word.split()[-1]
        for match in re.finditer(rf"\b{re.escape(surname)}\b", text):
            code = next((n.code for n in spans if _beside(text, n.start, n.end, match.start(), match.end())), None)
            if code:
                yield code
                break


def _beside(text: str, start: int, end: int, name_start: int, name_end: int) -> bool:
    """Does a country stand in front of a person with an office between ("Indonesian President Joko X") or after ("X of Chile")?"""
    if end <= name_start and name_start - end < 60:
        between = text[end:name_start]
        return bool(re.fullmatch(rf"(?:[’']s)? (?:Commission |Council )?[\w -]{{0,20}}{_OFFICE}[\w .’'-]{{0,30}}", between))
    return name_end < start and bool(re.fullmatch(r",? of (?:the )?", text[name_end:start]))

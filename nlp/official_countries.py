"""Whose office it is: the state or body that the words around a title tell, and the likeliest one where they do not."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.official_links import _SKIPPED as SKIPPED
from nlp.official_links import Link, Title, skip_forward

_COUNTRY_LABELS = ("COUNTRY", "NORP", "BLOC")


def code_of(token: Token) -> str | None:
    """The state or body of an entity token: its own code, or the state that a body's name has in it ("Australia's Department …")."""
    if token.ent_kb_id_:
        return token.ent_kb_id_
    if token.ent_type_ == "PUBLIC_BODY":
        named = lexicons.codes_in(token.text)
        return named[0] if named else None
    return None


def told_before(doc: Doc, title: Title) -> str | None:
    """The state in front of a title: "Japan's", "the Emirati", "EU", "the Treasury's"; "the country's" is the state named last."""
    p = title.start - 1
    steps = 0
    while p >= 0 and steps < 6:
        token = doc[p]
        if token.ent_type_ in ("COUNTRY", "NORP", "BLOC", "PLACE", "PUBLIC_BODY") and code_of(token):
            if token.ent_type_ == "PLACE" and doc[p + 1].lower_ not in ("'s", "’s"):
                return None
            if (
                token.ent_type_ == "COUNTRY"
                and p
                and doc[p - 1].lower_ in ("in", "from", "to", "with", "visited")
                and doc[p + 1].lower_ not in ("'s", "’s", "’", "'")
            ):
                return None
            return code_of(token)
        if token.lower_ in ("country", "nation", "government", "bloc", "kingdom", "republic") and doc[p + 1].lower_ in ("'s", "’s"):
            return last_state(doc, p)
        if (
            token.lower_ not in SKIPPED
            and not (token.pos_ == "ADJ" and not token.ent_type_)
            and not (token.is_space and "\n" not in token.text)
        ):
            return None
        p -= 1
        steps += 1
    return None


def last_state(doc: Doc, before: int) -> str | None:
    """The state or bloc named last before token index `before`."""
    for token in reversed(doc[:before]):
        if token.ent_type_ in ("COUNTRY", "BLOC") and code_of(token):
            return code_of(token)
    return None


def told_after(doc: Doc, person: Token) -> str | None:
    """The state behind a name: "Mia Mottley of Barbados", "(Kenya)", ", Kenya" at the end of a line or item."""
    k = skip_forward(doc, person.i + 1)
    if k >= len(doc):
        return None
    if doc[k].lower_ in ("of", "from"):
        for token in doc[k + 1 : k + 4]:
            if token.ent_type_ in (*_COUNTRY_LABELS, "PUBLIC_BODY") and code_of(token):
                return code_of(token)
            if token.lower_ not in ("the", "a"):
                break
        return None
    if doc[k].text == "(" and k + 1 < len(doc) and doc[k + 1].ent_type_ in _COUNTRY_LABELS:
        return code_of(doc[k + 1])
    if doc[k].text in (",", "–", "-", "|") and k + 1 < len(doc) and doc[k + 1].ent_type_ == "COUNTRY":
        after = doc[k + 2] if k + 2 < len(doc) else None
        if after is None or "\n" in after.text or after.text in (";", ".", ")", "•"):
            return code_of(doc[k + 1])
    return None


def told_behind_title(doc: Doc, title: Title) -> str | None:
    """The state behind a title that a comma cuts off: "Minister of Trade, Kenya"."""
    k = skip_forward(doc, title.end)
    if k + 1 < len(doc) and doc[k].text in (",", "(", "–", "-", "|") and doc[k + 1].ent_type_ in ("COUNTRY", "BLOC"):
        after = doc[k + 2] if k + 2 < len(doc) else None
        if after is None or "\n" in after.text or after.text in (";", ".", ")", ",", "•"):
            return code_of(doc[k + 1])
    return None


_DELEGATION = re.compile(
    r"\b(?:represent(?:ed|ing|atives?)|delegations?|on behalf of|side|participants?|team|led by|headed by|attended|comprised|included)\b",
    re.I,
)


class Paragraphs:
    """For a token: the state that heads its list or delegation ("Mexico:", "Representing Canada were …", "From the Japanese side")."""

    def __init__(self, doc: Doc, links: list[Link]) -> None:
        self._head: dict[int, str] = {}
        starts = [0] + [t.i + 1 for t in doc if "\n" in t.text]
        ends = [*(s - 1 for s in starts[1:]), len(doc)]
        people = sorted(link.person.i for link in links)
        carried: str | None = None
        for start, end in zip(starts, ends):
            tokens = [t for t in doc[start:end] if not t.is_space]
            if not tokens:
                continue
            here = [i for i in people if start <= i < end]
            states = [t for t in tokens if t.ent_type_ in _COUNTRY_LABELS and code_of(t)]
            words = [t for t in tokens if not t.is_punct]
            heading = (
                len(words) <= 8
                and not here
                and len({code_of(s) for s in states}) == 1
                and (tokens[-1].text == ":" or len(words) <= 3 or words[0].lower_ in ("for", "from", "on"))
            )
            if heading:
                carried = code_of(states[0])
                continue
            if not here:
                carried = None if len(words) > 8 else carried
                continue
            lead = [s for s in states if s.i < min(here)]
            first = lead[0] if lead else None
            opening = doc[start : min(here)].text
            if (
                len(here) >= 2
                and first is not None
                and len({code_of(s) for s in lead if s.ent_type_ != "PLACE"}) <= 2
                and (_DELEGATION.search(opening) and first.i - start < 12)
            ):
                code = code_of(first)
            elif first is not None and tokens[0].lower_ in ("for", "from") and first.i - start < 4:
                code = code_of(first)
            elif len(states) >= 1 and states[0].i - start <= 1 and doc[states[0].i + 1].text == ":" and states[0].i + 1 < end:
                code = code_of(states[0])
            else:
                code = carried
            if code:
                for i in range(start, end):
                    self._head[i] = code

    def of(self, token: Token) -> str | None:
        """The code of the delegation or list that the token stands in, else None."""
        return self._head.get(token.i)


@cache
def _belongs() -> list[tuple[re.Pattern[str], frozenset[str]]]:
    return [(re.compile(pattern), frozenset(codes)) for pattern, codes in lexicons.load("offices")["belongs"]]


@cache
def _lacks() -> dict[str, frozenset[str]]:
    return {title: frozenset(codes) for title, codes in lexicons.load("offices")["lacks"].items()}


def owners(title: str) -> frozenset[str] | None:
    """The only states that have such an office, or None where many do."""
    text = f" {title.lower().replace('-', ' ')} "
    return next((codes for pattern, codes in _belongs() if pattern.search(text)), None)


def may_have(code: str, title: str) -> bool:
    """Can the state have such an office? ("Prime Minister" is no office of the United States.)"""
    text = f" {title.lower().replace('-', ' ')} "
    held = owners(title)
    if held is not None and code not in held:
        return False
    if (
        re.search(r" presidents? ", text)
        and not re.search(r"vice president|president of|deputy president|to the president", text)
        and code in _lacks()["president"]
    ):
        return False
    if " prime minister" in text and "to the" not in text and code in _lacks()["prime minister"]:
        return False
    if re.search(r"(?<!prime) ministers? ", text) and code in _lacks()["minister"]:
        return False
    return not (
        re.search(r" secretar(?:y|ies) ", text)
        and not re.search(r"secretary general|cabinet|state secretary|general secretary|secretary of|press|vice|parliament", text)
        and code in _lacks()["secretary"]
    )


@dataclass(slots=True)
class Background:
    """What the document as a whole tells: issuer, parties, how often each state is named, which are in the title."""

    issuer: str | None
    parties: list[str]
    news: bool
    counts: Counter[str]
    titled: frozenset[str]

    @classmethod
    def of(cls, doc: Doc) -> Background:
        source = doc._.source
        issuer = lexicons.publisher_country(source.publisher, source.url) if source else None
        counts: Counter[str] = Counter()
        for token in doc:
            if token.ent_type_ in _COUNTRY_LABELS and code_of(token):
                counts[token.ent_kb_id_] += 1
            elif token.ent_type_ in ("PLACE", "PUBLIC_BODY") and code_of(token):
                counts[token.ent_kb_id_] += 0.5  # type: ignore[assignment]
        body = doc._.body_start
        titled = frozenset(t.ent_kb_id_ for t in doc if t.idx < body and t.ent_kb_id_ and t.ent_type_ in _COUNTRY_LABELS)
        return cls(issuer, list(doc._.parties), doc._.genre in ("news", "other"), counts, titled)


def likeliest(doc: Doc, title: str, mentions: list[Token], background: Background, taken: set[str]) -> tuple[str | None, float]:
    """The state that a title without one most likely belongs to, and how sure that is (0–1).

    `mentions` are the person's tokens; `taken` the states whose office of this kind somebody else holds in the document.
    """
    scores: Counter[str] = Counter()
    total = sum(background.counts.values()) or 1
    for code, count in background.counts.items():
        scores[code] += count / total  # type: ignore[assignment]
    for code in background.parties:
        scores[code] += 1  # type: ignore[assignment]
    for code in background.titled:
        scores[code] += 0.4  # type: ignore[assignment]
    if background.issuer and not lexicons.is_group(background.issuer):
        scores[background.issuer] += 0.35 if background.news else 1.6  # type: ignore[assignment]
    for token in mentions[:3]:
        subject = next(
            (
                t
                for t in token.sent
                if t.dep_ in ("nsubj", "nsubjpass") and t.ent_type_ in ("COUNTRY", "BLOC") and code_of(t) and t.i < token.i
            ),
            None,
        )
        if subject is not None:
            scores[subject.ent_kb_id_] += 0.5
        near = [t for t in token.sent if t.ent_type_ in _COUNTRY_LABELS and code_of(t)]
        if near:
            best = min(near, key=lambda t: abs(t.i - token.i) + (2 if t.i > token.i else 0))
            scores[best.ent_kb_id_] += 0.6 if background.news else 0.3  # type: ignore[assignment]
    held = owners(title)
    if held and len(held) == 1:
        scores[next(iter(held))] += 1.5  # type: ignore[assignment]
    if background.counts["EU"] and re.search(
        r"\b(?:trade|industry|competition|antitrust|tech|digital|climate|economy|foreign policy|internal market|budget) chief$",
        title.lower(),
    ):
        scores["EU"] += 1  # how the press calls commissioners
    for code in list(scores):
        if not may_have(code, title) or lexicons.is_group(code):
            del scores[code]
        elif code in taken:
            scores[code] -= 5  # type: ignore[assignment]
    if not scores:
        return None, 0.0
    if max(scores.values()) < 0.4 and (again := max(scores, key=lambda c: scores[c] + (5 if c in taken else 0))) in taken:
        return again, 0.6  # two holders of one office, as predecessor and successor
    ranked = scores.most_common(2)
    code, score = ranked[0]
    margin = score - (ranked[1][1] if len(ranked) > 1 else 0)
    if score < 0.25:
        return None, 0.0
    return code, min(0.95, 0.5 + 0.25 * margin + 0.1 * score)

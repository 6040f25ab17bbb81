"""What a document as a whole tells about the states in it: issuer, parties, dateline, how often each is named, and where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.official_countries import COUNTRY_LABELS, code_of

_DATELINE_TOKENS = 12
_DATELINE_ENDS = ("-", "–", "—", "--", "(", ":", ".")


@cache
def _places() -> dict[str, str]:
    capitals = {lexicons.fold(s.form): s.code for s in lexicons.surfaces() if s.kind == "capital" and s.code and not s.ambiguous}
    return capitals | {lexicons.fold(name): code for code, names in lexicons.load("places")["places"].items() for name in names}


def place_state(token: Token) -> str | None:
    """The state of a city or region: its own code, else that of the list of places."""
    return token.ent_kb_id_ or _places().get(lexicons.fold(token.text))


@dataclass(slots=True)
class Background:
    """Codes by what the document says of them; `named` and `placed` are shares of all mentions, 0–1.

    `named` counts names and adjectives of states and blocs, `placed` cities and public bodies; `order` has the
    former by their first mention. `sentences` are token ranges, `states` the states, cities and bodies of each as token and code.
    """

    issuer: str | None
    parties: tuple[str, ...]
    news: bool
    named: dict[str, float]
    placed: dict[str, float]
    titled: frozenset[str]
    order: tuple[str, ...]
    dateline: str | None
    sentences: list[tuple[int, int]] = field(default_factory=list)
    states: list[list[tuple[Token, str]]] = field(default_factory=list)

    @classmethod
    def of(cls, doc: Doc) -> Background:
        """Read a parsed document once."""
        source = doc._.source
        named: Counter[str] = Counter()
        placed: Counter[str] = Counter()
        titled: set[str] = set()
        order: dict[str, None] = {}
        sentences = [(sentence.start, sentence.end) for sentence in doc.sents]
        states: list[list[tuple[Token, str]]] = [[] for _ in sentences]
        at = 0
        body_start = doc._.body_start
        for entity in doc.ents:
            token = entity.root
            while token.i >= sentences[at][1]:
                at += 1
            if token.ent_type_ in COUNTRY_LABELS:
                code = code_of(token)
                if code is None:
                    continue
                named[code] += 1
                order[code] = None
                if token.idx < body_start:
                    titled.add(code)
            elif token.ent_type_ in ("PLACE", "PUBLIC_BODY", "FUND"):
                code = place_state(token) if token.ent_type_ == "PLACE" else code_of(token)
                if code is None:
                    continue
                placed[code] += 1
            else:
                continue
            states[at].append((token, code))
        return cls(
            issuer=lexicons.publisher_country(source.publisher, source.url) if source else None,
            parties=tuple(doc._.parties),
            news=doc._.genre in ("news", "other"),
            named=_shares(named),
            placed=_shares(placed),
            titled=frozenset(titled),
            order=tuple(order),
            dateline=_dateline(doc),
            sentences=sentences,
            states=states,
        )


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = sum(counts.values()) or 1
    return {code: count / total for code, count in counts.items()}


def _dateline(doc: Doc) -> str | None:
    """The state of the place that opens the text: "SEOUL, July 3 (Reuters) –", "Tokyo – "."""
    body_start = doc._.body_start
    first = next((token.i for token in doc if token.idx >= body_start), len(doc))
    body = list(doc[first : first + _DATELINE_TOKENS])
    while body and body[0].is_space:
        body.pop(0)
    if not body or body[0].ent_type_ != "PLACE" or not any(token.text in _DATELINE_ENDS for token in body[1:8]):
        return None
    return place_state(body[0])

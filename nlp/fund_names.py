"""How is a fund or development bank named or described? By head words, by modifiers that tell its kind, and by acting in its clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.attrs import LEMMA
from spacy.tokens import Doc, Token

from nlp import columns, lexicons, names
from nlp.arbitration import Candidate

_HEADS = frozenset({"fund", "funds", "bank", "facility"})
# A bank or facility is a fund by its purpose; another bank is a firm.
_PURPOSES = frozenset({"development", "investment", "export", "import", "infrastructure", "reconstruction", "exim", "guarantee"})

_NOUNS = frozenset({"fund", "investor", "fund-of-funds", "bank"})
_FUND_NOUNS = columns.Kind(lambda lemma: lemma.lower() in _NOUNS, LEMMA)
_STATE_WORDS = frozenset({"state", "sovereign"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_GIVING = frozenset({"by", "from", "to", "with"})


def named_by_head(doc: Doc, i: int) -> Iterator[Candidate]:
    """The name that ends or turns at the head `doc[i]`: "Nordic Green [Fund]", "Export-Import [Bank] of India"; other banks as firms."""
    head = doc[i].lower_
    several = lexicons.is_fund_head(doc, i)
    if head not in _HEADS and not several:
        return
    start = names.grow_left(doc, i)
    end = names.grow_right(doc, i + 1, links=frozenset({"of", "for"}))
    width = 2 if several else 1
    if end - start <= width:
        return
    if head in ("bank", "facility") and not {doc[k].lower_ for k in range(start, end)} & _PURPOSES:
        if head == "bank":
            yield Candidate(start, end, "FIRM", 0.75)
        return
    yield Candidate(start, end, "FUND", 0.86)


@dataclass(frozen=True, slots=True)
class Described:
    """A fund without a name: the words of the text, its type, code-point offsets in the `Doc`, its head, and its country's code."""

    text: str
    kind: str
    start: int
    end: int
    head: Token
    country: str | None


def described(doc: Doc) -> Iterator[Described]:
    """Funds that are only described and act ("a Japanese government-backed fund agreed to …", "Norway's oil fund sold …")."""
    for i in _FUND_NOUNS.places(doc):
        token = doc[i]
        if token.ent_type_ or token.tag_ not in ("NN", "NNS") or not _acts(token):
            continue
        phrase = [t for t in token.subtree if t.i <= token.i]
        owner = next((t for t in token.lefts if t.dep_ == "poss" and t.ent_type_ in ("COUNTRY", "BLOC")), None)
        if not phrase or not (phrase[0].lower_ in ("a", "an") or (owner is not None and phrase[0] == owner)):
            continue
        words = [w for t in phrase for w in (t.lower_, *t.lower_.split("-"))]
        if token.lemma_.lower() == "investor" and not _STATE_WORDS & set(words):
            continue
        kind = _kind(words, token.lemma_.lower())
        if kind is None:
            continue
        start, end = phrase[0].idx, token.idx + len(token.text)
        country = next((t.ent_kb_id_ for t in phrase if t.ent_type_ in ("NORP", "COUNTRY", "BLOC") and t.ent_kb_id_), None)
        yield Described(doc.text[start:end], kind, start, end, token, country)


def recognised(token: Token) -> Described | None:
    """The recognised entity `token` where it is no name: "(a) [Danish climate fund]", whose head has no capital; else None."""
    words = token.lower_.replace("-", " ").split()
    head = words[-1].removesuffix("s") if words else ""
    if head not in _NOUNS or not token.text.split()[-1].islower():
        return None
    before = token.nbor(-1) if token.i else token
    start = before.idx if before.lower_ in ("a", "an") else token.idx
    end = token.idx + len(token.text)
    codes = [t.ent_kb_id_ for t in token.lefts if t.ent_type_ in ("NORP", "COUNTRY", "BLOC") and t.ent_kb_id_]
    codes += lexicons.codes_in(token.text)
    return Described(token.doc.text[start:end], _kind(words, head) or "other", start, end, token, codes[0] if codes else None)


def _kind(words: list[str], head: str) -> str | None:
    """The type of fund that its modifiers tell; None where none does."""
    modifiers = lexicons.load("heads")["fund_modifiers"]
    kinds = [modifiers[w] for w in words if w in modifiers]
    if head == "bank":
        kinds = [k for k in kinds if k == "development"]
    kind = next((k for k in kinds if k != "other"), "other" if kinds else None)
    return "sovereign" if kind == "government_backed" and "wealth" in words else kind


def _acts(token: Token) -> bool:
    """Is the noun, or the first of the nouns it is joined to, a subject, an agent, or one from, to or with whom something goes?"""
    while token.dep_ == "conj" and token.head != token:
        token = token.head
    return token.dep_ in _SUBJECTS or (token.dep_ == "pobj" and token.head.lower_ in _GIVING)

"""Which firms and funds a document names: one record per cluster of mentions, and funds that are only described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.records import Firm, Fund
from nlp.references import Cluster, References

_FUND_NOUNS = {"fund", "investor", "fund-of-funds"}
_ACTIVE = {"nsubj", "nsubjpass", "agent", "pobj", "dobj", "appos", "conj"}


def firms(doc: Doc) -> Iterator[Firm]:
    """One `Firm` per firm; where the text calls the firm by an adjective ("Japanese chipmaker X"), its country."""
    references: References = doc._.references
    for cluster in references.labelled("FIRM"):
        if _is_source(cluster):
            continue
        start, end, evidence = _place(cluster)
        count = len(cluster.tokens)
        yield Firm(
            start=start,
            end=end,
            evidence_spans=evidence,
            confidence=0.88 if lexicons.has_legal_form(cluster.name) else min(0.85, 0.6 + 0.08 * count),
            name=cluster.name,
            aliases=cluster.aliases,
            country=cluster.code or _country_near(cluster),
            mention_count=count,
        )


def funds(doc: Doc) -> Iterator[Fund]:
    """One `Fund` per named fund, and per nominal one that acts ("a Japanese government-backed fund agreed to …")."""
    references: References = doc._.references
    for cluster in references.labelled("FUND"):
        start, end, evidence = _place(cluster)
        yield Fund(
            start=start,
            end=end,
            evidence_spans=evidence,
            confidence=min(0.9, 0.72 + 0.06 * len(cluster.tokens)),
            name=cluster.name,
            aliases=cluster.aliases,
            named=True,
            fund_type=lexicons.fund_type(cluster.name),
            country=cluster.code or _country_near(cluster),
            mention_count=len(cluster.tokens),
        )
    seen: set[str] = set()
    for token in doc:
        nominal = _nominal_fund(token)
        if nominal and nominal[0].casefold() not in seen:
            name, kind, start, end = nominal
            seen.add(name.casefold())
            yield Fund(
                start=start,
                end=end,
                evidence_spans=(token.sent.start_char, token.sent.end_char),
                confidence=0.6,
                name=name,
                named=False,
                fund_type=kind,
                country=next(
                    (t.ent_kb_id_ for t in token.subtree if t.ent_type_ in ("NORP", "COUNTRY") and t.ent_kb_id_ and t.i < token.i), None
                ),
            )


def _nominal_fund(token: Token) -> tuple[str, str, int, int] | None:
    """Name, type and offsets of an indefinite noun phrase around "fund" that acts in its clause."""
    if token.ent_type or token.lemma_.lower() not in _FUND_NOUNS or token.tag_ not in ("NN", "NNS") or token.dep_ not in _ACTIVE:
        return None
    phrase = [t for t in token.subtree if t.i <= token.i]
    if (
        not phrase
        or phrase[0].lower_ not in ("a", "an")
        or (token.lemma_.lower() == "investor" and not any(t.lower_ in ("state", "sovereign") for t in phrase))
    ):
        return None
    words = [w for t in phrase for w in (t.lower_, *t.lower_.split("-"))]
    modifiers = lexicons.load("heads")["fund_modifiers"]
    kinds = [modifiers[w] for w in words if w in modifiers]
    if not kinds or not _acts(token):
        return None
    kind = next((k for k in kinds if k != "other"), "other")
    if kind == "government_backed" and "wealth" in words:
        kind = "sovereign"
    start, end = phrase[0].idx, token.idx + len(token.text)
    return token.doc.text[start:end], kind, start, end


def _acts(token: Token) -> bool:
    if token.dep_ in ("nsubj", "nsubjpass"):
        return True
    return token.dep_ == "pobj" and token.head.lower_ in ("by", "from", "to", "with")


def _place(cluster: Cluster) -> tuple[int, int, tuple[int, int]]:
    first = cluster.first
    return first.idx, first.idx + len(first.text), (first.sent.start_char, first.sent.end_char)


def _country_near(cluster: Cluster) -> str | None:
    """The country that an adjective or possessive in front of a mention tells ("Japan's Rapidus", "the Dutch group ASML")."""
    codes: Counter[str] = Counter()
    for token in cluster.tokens:
        for other in token.lefts:
            if other.ent_type_ in ("NORP", "COUNTRY") and other.ent_kb_id_:
                codes[other.ent_kb_id_] += 1
        if token.dep_ == "appos":
            for other in token.head.lefts:
                if other.ent_type_ in ("NORP", "COUNTRY") and other.ent_kb_id_:
                    codes[other.ent_kb_id_] += 1
    return codes.most_common(1)[0][0] if codes else None


def _is_source(cluster: Cluster) -> bool:
    """A news agency or paper that only tells ("told Reuters", "Kyodo reported") is no firm of the story."""
    if not lexicons.is_media(cluster.name):
        return False
    return all(
        t.head.lemma_.lower() in ("tell", "say", "report", "quote", "write", "cite", "according", "show")
        or (
            t.head.dep_ in ("agent", "prep")
            and t.head.head.lemma_.lower() in ("quote", "report", "cite", "say", "interview", "tell", "accord")
        )
        or t.dep_ in ("compound", "poss")
        for t in cluster.tokens
    )

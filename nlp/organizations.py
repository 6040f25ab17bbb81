"""Which firms and funds a document names: one record per cluster of mentions, and funds that are only described."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator

from spacy.tokens import Doc

from nlp import firm_names, fund_names, lexicons
from nlp.records import Firm, Fund
from nlp.references import Cluster, References


def firms(doc: Doc) -> Iterator[Firm]:
    """One `Firm` per firm; where the text calls the firm by an adjective ("Japanese chipmaker X"), its country."""
    references: References = doc._.references
    for cluster in references.labelled("FIRM"):
        if firm_names.only_tells(cluster.name, cluster.tokens):
            continue
        names = firm_names.without_facilities(cluster.name, cluster.aliases)
        if not names or all(map(firm_names.is_none, cluster.tokens)):
            continue
        start, end, evidence = _place(cluster)
        count = len(cluster.tokens)
        yield Firm(
            start=start,
            end=end,
            evidence_spans=evidence,
            confidence=0.88 if lexicons.has_legal_form(cluster.name) else min(0.85, 0.6 + 0.08 * count),
            name=names[0],
            aliases=names[1:],
            country=cluster.code or _country_near(cluster),
            mention_count=count,
        )


def funds(doc: Doc) -> Iterator[Fund]:
    """One `Fund` per named fund, and per nominal one that acts ("a Japanese government-backed fund agreed to …")."""
    references: References = doc._.references
    for cluster in references.labelled("FUND"):
        start, end, evidence = _place(cluster)
        unnamed = fund_names.recognised(cluster.first)
        if unnamed is not None:
            yield dataclasses.replace(_unnamed(unnamed), mention_count=len(cluster.tokens))
            continue
        yield Fund(
            start=start,
            end=end,
            evidence_spans=evidence,
            confidence=min(0.9, 0.72 + 0.06 * len(cluster.tokens)),
            name=cluster.name,
            aliases=cluster.aliases,
            named=True,
            fund_type=lexicons.fund_type(cluster.name),
            country=cluster.code or _country_in(cluster.name) or _country_near(cluster),
            mention_count=len(cluster.tokens),
        )
    seen: set[str] = set()
    for fund in fund_names.described(doc):
        if fund.text.casefold() not in seen:
            seen.add(fund.text.casefold())
            yield _unnamed(fund)


def _unnamed(fund: fund_names.Described) -> Fund:
    return Fund(
        start=fund.start,
        end=fund.end,
        evidence_spans=(fund.head.sent.start_char, fund.head.sent.end_char),
        confidence=0.6,
        name=fund.text,
        named=False,
        fund_type=fund.kind,
        country=fund.country,
    )


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


def _country_in(name: str) -> str | None:
    """The state or bloc that a fund's own name tells ("Qatar Investment Authority")."""
    codes = lexicons.codes_in(name)
    return codes[0] if len(codes) == 1 else None

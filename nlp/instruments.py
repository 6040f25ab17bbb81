"""Which named agreements, partnerships, dialogues, summits and initiatives a document speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc

from nlp import names
from nlp.records import Instrument
from nlp.references import Cluster, References

# "Act", "Executive Order" and one state's plans are none (RECORDS.md).
_DOMESTIC = re.compile(r"\b(Acts?|Law|Bill|Executive Order|Code|Amendment|Constitution|Regulations?)\b")


def instruments(doc: Doc) -> Iterator[Instrument]:
    """One `Instrument` per cluster of AGREEMENT mentions."""
    references: References = doc._.references
    for cluster in references.labelled("AGREEMENT"):
        if _DOMESTIC.search(cluster.name):
            continue
        first = cluster.first
        yield Instrument(
            start=first.idx,
            end=first.idx + len(first.text),
            evidence_spans=(first.sent.start_char, first.sent.end_char),
            confidence=min(0.85, 0.55 + 0.08 * len(cluster.tokens)),
            name=cluster.name,
            aliases=cluster.aliases,
            kind=instrument_kind(cluster.name),
            parties=tuple(_parties(cluster)),
            mention_count=len(cluster.tokens),
        )


def instrument_kind(name: str) -> str:
    """The kind that the name's head word tells: the last head before a complement ("… Partnership for …")."""
    heads = names.heads()["instrument"]
    stem = re.split(r"\s(?:of|for|on|between|against|with|to|in)\s", name)[0]
    words = re.findall(r"[^\W\d_]+", stem.casefold()) or re.findall(r"[^\W\d_]+", name.casefold())
    for i in range(len(words) - 1, -1, -1):
        for candidate in (" ".join(words[max(0, i - 1) : i + 1]), words[i]):
            if candidate in heads:
                return heads[candidate]
    return "other"


def _parties(cluster: Cluster) -> list[str]:
    """Codes of the countries and blocs that stand in the name itself ("U.S.-Japan …")."""
    from nlp import lexicons

    return list(dict.fromkeys(code for code in lexicons.codes_in(cluster.name)))

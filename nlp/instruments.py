"""Which named agreements, partnerships, dialogues, summits and initiatives a document speaks of.

A document's own heading ("Joint Statement on …", "Trilateral Memorandum on …") names no instrument, nor do words that only say what
kind of paper or meeting something is ("Joint Committee"). Formats without a secretariat, which are blocs elsewhere, count here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc

from nlp import lexicons, names
from nlp.records import Instrument
from nlp.references import Cluster, References, fold

# "Act", "Executive Order" and one state's plans are none (RECORDS.md).
_DOMESTIC = re.compile(
    r"\b(?:Acts?|Law|Bill|Executive Order|Code|Amendment|Constitution|Regulations?)\b(?! of Conduct)"
    r"|^(?:National|Federal|Supreme|Presidential|State) ",
    re.I,
)
_DOCUMENT_WORDS = {fold(w) for w in ("statement", "statements", "communiqué", "declaration", "minutes", "record", "readout")}
_ORDINAL = re.compile(r"^(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|inaugural|annual)$", re.I)
_NO_FORMATS = {"G7", "G20", "BRICS", "OPEC+"}
_LONG_TITLE = 3
_NAME_CONFIDENCE, _FORMAT_CONFIDENCE = 0.8, 0.8
_REPEATED = 0.04


def instruments(doc: Doc) -> Iterator[Instrument]:
    """One `Instrument` per named agreement, and per format that is a bloc without legal person."""
    references: References = doc._.references
    for cluster in references.labelled("AGREEMENT"):
        # A heading alone shows neither where a name ends nor that it is one: of such rows 1 in 3 was right on the annotated passages.
        in_text = any(token.idx >= doc._.body_start for token in cluster.tokens)
        if in_text and not _DOMESTIC.search(cluster.name) and _is_proper(cluster.name):
            yield _row(cluster, cluster.name, instrument_kind(cluster.name), _NAME_CONFIDENCE)
    for cluster in references.labelled("BLOC"):
        if cluster.code and cluster.code not in _NO_FORMATS and lexicons.is_group(cluster.code):
            name = max((form for form in (cluster.name, *cluster.aliases)), key=len)
            yield _row(cluster, name, "format", _FORMAT_CONFIDENCE)


def _row(cluster: Cluster, name: str, kind: str, confidence: float) -> Instrument:
    first = cluster.first
    return Instrument(
        start=first.idx,
        end=first.idx + len(first.text),
        evidence_spans=(first.sent.start_char, first.sent.end_char),
        confidence=min(0.95, confidence + _REPEATED * (len(cluster.tokens) - 1)),
        name=name,
        aliases=tuple(form for form in (cluster.name, *cluster.aliases) if form != name),
        kind=kind,
        parties=tuple(_parties(cluster)),
        mention_count=len(cluster.tokens),
    )


def _is_proper(name: str) -> bool:
    """Does the name tell one instrument from others? Its parties do ("EU-CELAC Summit"), its kind alone ("Joint Committee") does not."""
    if not (_telling_words(name) or lexicons.codes_in(name) or _is_full(name)):
        return False
    head = _stem(name)[-1:]
    # "Kunming Declaration" is a name; "Franco-Thai Statement on …" only says who speaks.
    return not (head and fold(head[0]) in _DOCUMENT_WORDS) or bool(_telling_words(" ".join(_stem(name))))


def _is_full(name: str) -> bool:
    """Long enough to be a name though every word is common: "Treaty of Mutual Cooperation and Security"."""
    return len(_stem(name)) >= _LONG_TITLE or (instrument_kind(name) == "treaty" and len(name.split()) >= _LONG_TITLE)


def _stem(name: str) -> list[str]:
    """The words before the first complement: "Kigali Compact on Cables" → Kigali, Compact."""
    return re.findall(r"[^\W_][\w’'.-]*", re.split(r"\s(?:of|for|on|between|against|with|to|in|among)\s", name)[0])


def _telling_words(name: str) -> list[str]:
    """Words that tell this instrument from others: neither heads nor "joint" nor countries nor numbers."""
    heads, generic = names.heads()["instrument"], names.heads()["bilateral"]
    bare = name
    for start, end, _ in reversed(list(lexicons.code_spans(name))):
        bare = bare[:start] + " " + bare[end:]
    words = re.findall(r"[^\W_][\w’']*", bare)
    common = {
        "of",
        "for",
        "on",
        "between",
        "against",
        "with",
        "to",
        "in",
        "and",
        "the",
        "among",
        "press",
        "final",
        "agreed",
        "understanding",
    }
    return [
        w
        for w in words
        if w.casefold() not in heads and w.casefold() not in generic and w.casefold() not in common and not _ORDINAL.match(w)
    ]


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
    """Codes of the countries and blocs in the name itself ("U.S.-Japan …"), else in "between A and B" behind it, else the document's."""
    doc = cluster.first.doc
    own = [code for form in (cluster.name, *cluster.aliases) for code in lexicons.codes_in(form)]
    if len(set(own)) > 1 or cluster.label == "BLOC":
        return list(dict.fromkeys(own if cluster.label != "BLOC" else lexicons.members(cluster.code or "")))
    for token in cluster.tokens:
        for child in token.children:
            if child.lower_ in ("between", "with", "among"):
                own += [t.ent_kb_id_ for t in child.subtree if t.ent_type_ in ("COUNTRY", "BLOC") and t.ent_kb_id_]
    if len(set(own)) < 2:
        own += doc._.parties if len(doc._.parties) > 1 and cluster.first.dep_ in ("dobj", "nsubjpass", "conj") else []
    return list(dict.fromkeys(own))

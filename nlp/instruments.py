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
_DOCUMENT = (
    r"statements?|communiqu[eé]s?|declarations?|minutes|records?|summary|readout|protocol|memorand(?:um|a)"
    r"|outcome document|note|conclusions"
)
_DOCUMENT_WORDS = {"statement", "statements", "communiqué", "communique", "declaration", "minutes", "record", "readout"}
_DOCUMENT_OF = re.compile(rf"^(?:[\w’'-]+ ){{0,3}}(?:{_DOCUMENT}) (?:of|on|following|between|by|at) (?:the )?", re.I)
_ORDINAL = re.compile(r"^(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|inaugural|annual)$", re.I)
_NO_FORMATS = {"G7", "G20", "BRICS", "OPEC+"}
_LONG_TITLE = 3
_BODY_CONFIDENCE, _TITLE_CONFIDENCE, _FORMAT_CONFIDENCE = 0.72, 0.4, 0.8
_REPEATED = 0.04


def instruments(doc: Doc) -> Iterator[Instrument]:
    """One `Instrument` per named agreement, and per format that is a bloc without legal person."""
    references: References = doc._.references
    for cluster in references.labelled("AGREEMENT"):
        if _DOMESTIC.search(cluster.name):
            continue
        in_title = all(token.idx < doc._.body_start for token in cluster.tokens)
        name = _proper_name(cluster.name, in_title=in_title)
        if name is not None:
            yield _row(cluster, name, instrument_kind(name), _TITLE_CONFIDENCE if in_title else _BODY_CONFIDENCE)
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


def _proper_name(name: str, *, in_title: bool) -> str | None:
    """The name of the instrument itself: what a heading's "Joint Statement of the …" is about; None where nothing is named."""
    heading = _DOCUMENT_OF.match(name)
    if heading and in_title:
        inner = name[heading.end() :]
        return inner if _has_strong_head(inner) and _telling_words(inner) else None
    # In running text the parties' names are enough: "EU-CELAC Summit"; a heading's "Japan–Thailand Meeting" only says what took place.
    if not _telling_words(name) and (in_title or not (lexicons.codes_in(name) or _is_full(name))):
        return None
    if in_title and name.isupper() and len(name.split()) >= _LONG_TITLE:  # a headline in capitals shows no name's ends
        return None
    head = _stem(name)[-1:]
    if head and fold(head[0]) in {fold(w) for w in _DOCUMENT_WORDS}:
        # "Kunming Declaration" is a name; "Franco-Thai Statement on …" only says who speaks.
        return name if not in_title and len(_telling_words(" ".join(_stem(name)))) > 0 else None
    if in_title and not _telling_words(" ".join(_stem(name))) and len(_stem(name)) < _LONG_TITLE:
        return None
    return name


def _is_full(name: str) -> bool:
    """Long enough to be a name though every word is common: "Treaty of Mutual Cooperation and Security"."""
    return len(_stem(name)) >= _LONG_TITLE or (instrument_kind(name) == "treaty" and len(name.split()) >= _LONG_TITLE)


def _stem(name: str) -> list[str]:
    """The words before the first complement: "Kigali Compact on Cables" → Kigali, Compact."""
    return re.findall(r"[^\W_][\w’'.-]*", re.split(r"\s(?:of|for|on|between|against|with|to|in|among)\s", name)[0])


def _has_strong_head(name: str) -> bool:
    table, weak = names.heads()["instrument"], names.heads()["weak_instrument"]
    return any(fold(w) in table and fold(w) not in weak for w in re.findall(r"[^\W\d_]+", name)) or instrument_kind(name) == "dialogue"


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

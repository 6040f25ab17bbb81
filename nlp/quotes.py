"""Who said what: direct quotations with their speaker and cue, and indirect ones with their clause.

The marks are found in the text (`quote_marks`); then the frame around each quotation is searched for a cue ("said", "according to",
"in the words of", a colon) and the cue's subject is resolved to a name or a description. Quotations that only a cue separates are one.
Scare quotes and titles are left out: a few words need a comma or full stop inside the marks or a cue beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from spacy.attrs import LEMMA
from spacy.tokens import Doc, Token

from nlp import quote_speakers
from nlp.quote_frame import Frame
from nlp.quote_marks import Quotation, find_quotations
from nlp.quote_speakers import Speaker, cues
from nlp.records import Quote

_FEW_WORDS = 4
_FEW_ANSWERS = 3
_MANY_WORDS = 6
_SENTENCE_END = frozenset(".!?")
_NO_SPEAKER_DEPS = frozenset({"auxpass", "aux", "amod"})
_BLOCK_QUOTE = re.compile(r"\b(?:said|says|wrote|added|stated|read|reads)[^.!?\n]{0,60}:\s*\n+([^\n\"“‘'«•*\-–][^\n]{40,})")
_SIGNATURE = re.compile(r"\s*[–—-]{1,2} ?([A-Z][^\n.“\"]{2,100})(?=\n|$)")
_SHOUTED = frozenset({"SAID", "SAYS", "TOLD", "ADDED", "WROTE"})  # in capitals throughout, the tagger takes a verb for a name

# How often a row was right on the project's own passages, by the way its speaker was found; a partial quotation is less sure.
_CONFIDENCE = {
    "beside": 0.93,
    "colon": 0.85,
    "frame": 0.78,
    "named": 0.6,
    "carried": 0.72,
    "continued": 0.8,
    "block": 0.75,
    "indirect": 0.7,
}
_PARTIAL = 0.9


@dataclass(frozen=True, slots=True)
class Attribution:
    """The speaker of a quotation, the cue, and how they were found (a key of `_CONFIDENCE`)."""

    speaker: Speaker
    cue: str | None
    way: str
    frame_end: int = 0  # code point up to which the frame after the quotation reaches
    cue_at: int = -1  # index of the cue's token


def quotes(doc: Doc) -> Iterator[Quote]:
    """The document's quotations, in order: direct ones, then indirect ones.

    Works on a parsed `Doc` whose entities are single tokens and whose `doc._.references` is set.
    """
    text = doc.text
    frame = Frame(doc, find_quotations(text), text)
    rows = list(_direct(frame))
    rows += _block_quotes(frame)
    yield from sorted(rows, key=lambda row: row.start)
    yield from _indirect(frame)


def _direct(frame: Frame) -> Iterator[Quote]:
    """Direct quotations, joined where only a cue separates them."""
    pending: list[Quotation] = []
    attribution: Attribution | None = None
    for quotation in frame.quotations:
        own = attribute(frame, quotation, attribution, pending[-1] if pending else None)
        if pending and attribution and _continues(frame, pending[-1], quotation, attribution, own):
            pending.append(quotation)
            continue
        if pending and attribution:
            yield _row(frame, pending, attribution)
        pending = []
        if own is not None and _is_speech(frame, quotation, own):
            pending, attribution = [quotation], own
        elif own is not None:
            attribution = replace(own, way="frame")
    if pending and attribution:
        yield _row(frame, pending, attribution)


def _row(frame: Frame, quotations: Sequence[Quotation], attribution: Attribution) -> Quote:
    text = " ".join(quotation.text(frame.text) for quotation in quotations).strip()
    confidence = _CONFIDENCE[attribution.way] * attribution.speaker.sureness
    if not _is_whole(frame, quotations[0]):
        confidence *= _PARTIAL
    spans: list[int] = []
    for quotation in quotations:
        for sentence in _sentences(frame.doc, quotation.start, quotation.end):
            if sentence not in zip(spans[::2], spans[1::2]):
                spans += sentence
    return Quote(
        start=quotations[0].parts[0][0],
        end=quotations[-1].parts[-1][1],
        evidence_spans=tuple(spans),
        confidence=round(min(confidence, 0.97), 3),
        speaker=attribution.speaker.name,
        text=re.sub(r",$", "", text),
        cue=attribution.cue,
        kind="direct",
    )


def _sentences(doc: Doc, start: int, end: int) -> list[tuple[int, int]]:
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None or not len(span):
        return [(start, end)]
    first, last = doc[span.start].sent, doc[span.end - 1].sent
    result = []
    i = first.start
    while i < last.end:
        sentence = doc[i].sent
        result.append((sentence.start_char, sentence.end_char))
        i = sentence.end
    return result


def _is_whole(frame: Frame, quotation: Quotation) -> bool:
    """The quotation is a clause of its own: it begins with a capital and ends with a comma or stop inside the marks."""
    words = quotation.text(frame.text).lstrip("[(")
    return words[:1].isupper() and words[-1:] in ".,!?…"


def _is_speech(frame: Frame, quotation: Quotation, attribution: Attribution) -> bool:
    """Not a scare quote, not a title."""
    words = quotation.text(frame.text).split()
    if len(words) < _FEW_WORDS:
        return attribution.way in ("beside", "colon") and _is_whole(frame, quotation) and attribution.cue not in cues().describing
    if attribution.way in ("carried", "continued"):
        return _is_whole(frame, quotation)
    capitals = sum(w[:1].isupper() for w in words if len(w) > 3)
    return not (
        capitals and capitals == sum(len(w) > 3 for w in words) and not _is_whole(frame, quotation) and not "".join(words).isupper()
    )


def _continues(frame: Frame, last: Quotation, quotation: Quotation, attribution: Attribution, own: Attribution | None) -> bool:
    """Is this the rest of the quotation before: split by its cue, next to it, or the next paragraph of the same speech?"""
    gap = frame.between(last.end, quotation.start)
    if "\n" in gap:
        closed = frame.ends_paragraph(max(attribution.frame_end, last.end))
        return (
            closed
            and own is not None
            and own.way == "carried"
            and frame.starts_paragraph(quotation)
            and frame.ends_paragraph(quotation.end)
        )
    if not gap.strip(" ,"):
        return True
    if attribution.way not in ("beside",) or not last.end <= attribution.frame_end:
        return False
    rest = frame.between(attribution.frame_end, quotation.start).strip()
    if rest.strip(".,;: —–-") != "":
        return False
    return own is None or own.way == "carried" or own.cue_at == attribution.cue_at


def attribute(frame: Frame, quotation: Quotation, last: Attribution | None, last_quotation: Quotation | None) -> Attribution | None:
    """Speaker and cue of one quotation, from what follows, what leads up to it, or who spoke before."""
    after, before = frame.after(quotation), frame.before(quotation)
    found: Attribution | None = None
    if before and _leads_in(before):
        found = _from_before(frame, quotation, before, after)
    if found is None and after and (not frame.says_itself(quotation) or _resumes(frame, quotation, after)):
        found = _from_after(frame, quotation, after)
    if found is None and before:
        found = _from_before(frame, quotation, before, after)
    found = found or _signed(frame, quotation) or _interviewed(frame, quotation) or _carried(frame, quotation, last, last_quotation)
    return None if found is None or found.speaker.first_person else found


def _leads_in(before: Sequence[Token]) -> bool:
    """The words before announce a quotation: "X said:", "X said, “…”", "X told reporters: “…”"."""
    if before[-1].text == ":":
        return True
    return (
        before[-1].text == ","
        and len(before) > 1
        and _is_cue(before[-2])
        and any(t.dep_ in ("nsubj", "nsubjpass") for t in before[-2].children)
    )


def _resumes(frame: Frame, quotation: Quotation, after: Sequence[Token]) -> bool:
    """The sentence goes on after the stop inside the marks: "…?” he asked", "…!” X said"."""
    if after[0].is_lower:
        return True
    asks = frame.text[quotation.parts[-1][1] - 1] in "?!…"
    return asks and any(_is_cue(token) for token in after[:4]) and not after[0].is_punct


def _is_cue(token: Token) -> bool:
    if token.text in _SHOUTED:
        return True
    if token.lemma_ == "put" and token.i + 1 < len(token.doc) and token.nbor(1).lower_ in ("it", "this", "things"):
        return True
    return token.lemma_.lower() in cues().speech and token.tag_.startswith("VB") and token.dep_ not in _NO_SPEAKER_DEPS


def _is_any_verb_of_it(frame: Frame, quotation: Quotation, token: Token) -> bool:
    """ "…,” she thundered": after a comma inside the marks any finite verb with a subject of its own is a cue."""
    end = quotation.parts[-1][1]
    if frame.text[end - 1] not in ",?!" or token.tag_ not in ("VBD", "VBZ") or token.dep_ in _NO_SPEAKER_DEPS:
        return False
    return any(child.dep_ == "nsubj" and not frame.inside[child.i] for child in token.children)


def _from_after(frame: Frame, quotation: Quotation, after: Sequence[Token]) -> Attribution | None:
    """“…,” X said · “…,” said X · “…” according to X · “…,” X was quoted as saying."""
    for position, token in enumerate(after):
        speaker: Speaker | None = None
        cue = token.text
        if token.lower_ == "according":
            speaker = _object_of(frame.doc, token)
            cue = "according to"
        elif token.lower_ == "words" and position and token.i + 1 < len(frame.doc) and frame.doc[token.i + 1].lower_ == "of":
            speaker = _object_of(frame.doc, frame.doc[token.i + 1])
            cue = "words"
        elif _is_cue(token) or _is_any_verb_of_it(frame, quotation, token):
            if position and after[position - 1].lower_ in ("to", "not"):
                continue
            speaker = quote_speakers.of_verb(frame.doc, token, frame.inside)
            if speaker is None and position <= 1:
                speaker = quote_speakers.following(frame.doc, token, frame.inside)
            if speaker is None and not quote_speakers.is_passive(token):
                speaker = quote_speakers.preceding(frame.doc, after[:position], frame.inside)
        if speaker is not None:
            end = after[-1].idx + len(after[-1])
            near = position <= _near(after)
            return Attribution(speaker, cue, "beside" if near else "frame", end, token.i)
    return None


def _near(after: Sequence[Token]) -> int:
    """How far the cue may be and still be beside the quotation: past a name, its title and what is told of it between commas."""
    return 30 if any(t.ent_type_ == "PERSON" for t in after[:12]) else 8


def _from_before(frame: Frame, quotation: Quotation, before: Sequence[Token], after: Sequence[Token]) -> Attribution | None:
    """X said: “…” · X said “…” · X called it “…” · X: “…” · X's answer was “…”."""
    end = (after[-1].idx + len(after[-1])) if after and not frame.says_itself(quotation) else quotation.end
    last = before[-1]
    for i in range(len(before) - 1, -1, -1):
        token = before[i]
        speaker: Speaker | None = None
        cue = token.text
        if token.lower_ == "according":
            speaker = _object_of(frame.doc, token)
            cue = "according to"
        elif _is_cue(token):
            speaker = quote_speakers.quoted_as_saying(frame.doc, token, frame.inside)
            speaker = speaker or quote_speakers.of_verb(frame.doc, token, frame.inside)
            if speaker is None and i == len(before) - 1:
                speaker = quote_speakers.preceding(frame.doc, before[:i], frame.inside)
        if speaker is not None:
            beside = len(before) - 1 - i <= 3 or last.text in (":", ",")
            return Attribution(speaker, cue, "beside" if beside else "frame", end, token.i)
    if last.text == ":" and len(before) > 1:
        speaker = _colon_speaker(frame, before[:-1])
        if speaker:
            return Attribution(speaker, None, "colon", end)
    people = {t.text: t for t in before if t.ent_type_ == "PERSON"}
    if len(people) == 1 and len(quotation.text(frame.text).split()) >= _MANY_WORDS:
        speaker = quote_speakers.resolve(frame.doc, next(iter(people.values())))
        return Attribution(speaker, None, "named", end) if speaker else None
    return None


def _object_of(doc: Doc, token: Token) -> Speaker | None:
    """The speaker in "according to X"."""
    if token.i + 1 >= len(doc):
        return None
    for descendant in token.subtree:
        if descendant.i > token.i and descendant.dep_ == "pobj":
            return quote_speakers.resolve(doc, descendant)
    return None


def _colon_speaker(frame: Frame, before: Sequence[Token]) -> Speaker | None:
    """The person or body before a colon: the only one, or the sentence's subject."""
    subjects = [t for t in before if t.dep_ in ("nsubj", "nsubjpass") and not frame.inside[t.i]]
    people = [t for t in before if t.ent_type_ == "PERSON"]
    for candidates in (people[:1] if len(before) <= 6 or not subjects else [], subjects[:1], people[:1]):
        for token in candidates:
            speaker = quote_speakers.resolve(frame.doc, token)
            if speaker:
                return speaker
    return None


def _signed(frame: Frame, quotation: Quotation) -> Attribution | None:
    """“…” — X, in the same line or the next."""
    signature = _SIGNATURE.match(frame.text, quotation.end)
    if signature is None:
        return None
    for token in frame.doc[frame.token_at(signature.start(1)) : frame.token_at(signature.end(1))]:
        if token.ent_type_ == "PERSON":
            speaker = quote_speakers.resolve(frame.doc, token)
            return Attribution(speaker, None, "colon", signature.end(1), token.i) if speaker else None
    return None


def _interviewed(frame: Frame, quotation: Quotation) -> Attribution | None:
    """An answer right behind a question of the same paragraph, in a document that has more of them: its one subject speaks."""
    if not _answers(frame, quotation) or sum(_answers(frame, other) for other in frame.quotations) < _FEW_ANSWERS:
        return None
    body = frame.doc._.body_start
    people = [t for t in frame.doc if t.ent_type_ == "PERSON" and not frame.inside[t.i]]
    subject = next((t for t in people if t.idx < body), people[0] if people else None)
    speaker = quote_speakers.resolve(frame.doc, subject) if subject is not None else None
    return Attribution(speaker, None, "carried", quotation.end) if speaker else None


def _answers(frame: Frame, quotation: Quotation) -> bool:
    lead = frame.text[frame.text.rfind("\n", 0, quotation.start) + 1 : quotation.start].rstrip()
    return lead.endswith("?") and frame.ends_paragraph(quotation.end)


def _carried(frame: Frame, quotation: Quotation, last: Attribution | None, last_quotation: Quotation | None) -> Attribution | None:
    """No cue of its own: the speaker of the quotation or of the sentence before, in this paragraph or the last."""
    end = quotation.end
    paragraph = frame.text.rfind("\n", 0, quotation.start) + 1
    if frame.before(quotation):
        return None  # it is woven into a sentence that names nobody who speaks
    if last is not None and last_quotation is not None:
        same = last_quotation.start >= paragraph
        next_one = frame.starts_paragraph(quotation) and frame.text[last_quotation.end : paragraph].strip().count("\n") == 0
        if same or next_one:
            return Attribution(last.speaker, last.cue, "carried", end)
    first = frame.token_at(quotation.start) - 1
    while first >= 0 and (frame.doc[first].is_space or frame.doc[first].text in _SENTENCE_END):
        first -= 1
    if first < 0 or frame.inside[first]:
        return None
    sentence = [frame.doc[i] for i in range(frame.doc[first].sent.start, first + 1)]
    if sentence[0].idx < paragraph and not frame.starts_paragraph(quotation):
        return None
    for token in sentence:
        if token.dep_ in ("nsubj", "nsubjpass") and not frame.inside[token.i]:
            speaker = quote_speakers.resolve(frame.doc, token)
            if speaker and speaker.person and (_is_cue(token.head) or not frame.starts_paragraph(quotation)):
                return Attribution(speaker, token.head.text if _is_cue(token.head) else None, "continued", end)
    return None


def _block_quotes(frame: Frame) -> Iterator[Quote]:
    """A paragraph without marks after "X said:"."""
    for match in _BLOCK_QUOTE.finditer(frame.text):
        if frame.doc._.genre in quote_speakers.STATEMENT_GENRES:
            continue
        at = frame.token_at(match.start())
        verb = next((t for t in frame.doc[at : at + 3] if _is_cue(t)), None)
        speaker = quote_speakers.of_verb(frame.doc, verb, frame.inside) if verb is not None else None
        if verb is None or speaker is None:
            continue
        start, end = match.span(1)
        yield Quote(
            start=start,
            end=end,
            evidence_spans=(verb.sent.start_char, verb.sent.end_char, start, end),
            confidence=_CONFIDENCE["block"],
            speaker=speaker.name,
            text=frame.text[start:end].strip(),
            cue=verb.text,
            kind="direct",
        )


def _indirect(frame: Frame) -> Iterator[Quote]:
    """X said that … · …, the official said: the clause, without the conjunction."""
    for i in _cued(frame.doc):
        verb = frame.doc[i]
        if frame.inside[i] or not verb.tag_.startswith("VB"):
            continue
        clause = next((c for c in verb.children if c.dep_ == "ccomp"), None)
        if clause is None and verb.dep_ == "parataxis":
            clause = verb.head
        if clause is None or not any(c.dep_ in ("nsubj", "nsubjpass") for c in clause.children):
            continue
        speaker = quote_speakers.of_verb(frame.doc, verb, frame.inside)
        if speaker is None or speaker.first_person:
            continue
        row = _clause_row(frame, verb, clause, speaker)
        if row is not None:
            yield row


def _cued(doc: Doc) -> list[int]:
    """The tokens whose lemma introduces what somebody says. Each lemma is looked up once."""
    lemmas = doc.to_array(LEMMA)
    indirect, strings = cues().indirect, doc.vocab.strings
    telling = np.array([lemma for lemma in np.unique(lemmas) if strings[lemma].lower() in indirect], dtype=np.uint64)
    return [int(i) for i in np.flatnonzero(np.isin(lemmas, telling))]


def _clause_row(frame: Frame, verb: Token, clause: Token, speaker: Speaker) -> Quote | None:
    own = {t.i for t in verb.subtree} if clause is verb.head else set()
    tokens = [t for t in clause.subtree if t.i not in own and t.i != verb.i]
    after = [t for t in tokens if t.i > verb.i]
    side = after if len(after) * 2 > len(tokens) else [t for t in tokens if t.i < verb.i]
    while side and (side[0].is_punct or side[0].is_space or (side[0].dep_ == "mark" and side[0].lower_ == "that")):
        side = side[1:]
    while side and (side[-1].is_punct or side[-1].is_space):
        side = side[:-1]
    if len(side) < _FEW_WORDS or any(frame.inside[t.i] for t in (side[0], side[-1])):
        return None
    start, end = side[0].idx, side[-1].idx + len(side[-1])
    if sum(frame.inside[i] for i in range(side[0].i, side[-1].i + 1)) * 2 > len(side) or "\n" in frame.text[start:end]:
        return None
    return Quote(
        start=start,
        end=end,
        evidence_spans=(verb.sent.start_char, verb.sent.end_char),
        confidence=round(_CONFIDENCE["indirect"] * speaker.sureness, 3),
        speaker=speaker.name,
        text=frame.text[start:end],
        cue=verb.text,
        kind="indirect",
    )

"""The entity mentions of a document, one record each."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc

from nlp.records import Mention

# Shares seen right on hand-read sentences (MEASUREMENTS.md, per label), the honest start until a calibration is fitted.
_CONFIDENCE = {
    "PERSON": 0.9,
    "OFFICE": 0.87,
    "FIRM": 0.78,
    "FUND": 0.8,
    "PUBLIC_BODY": 0.75,
    "ORG": 0.6,
    "COUNTRY": 0.97,
    "BLOC": 0.95,
    "NORP": 0.93,
    "PLACE": 0.85,
    "MONEY": 0.98,
    "PERCENT": 0.98,
    "DATE": 0.9,
    "AGREEMENT": 0.65,
}


def mentions(doc: Doc) -> Iterator[Mention]:
    """One `Mention` per entity of `doc.ents`; evidence is the sentence around it."""
    for span in doc.ents:
        sentence = span.sent
        yield Mention(
            start=span.start_char,
            end=span.end_char,
            evidence_spans=(sentence.start_char, sentence.end_char),
            confidence=_CONFIDENCE[span.label_],
            label=span.label_,
            text=span.text,
        )

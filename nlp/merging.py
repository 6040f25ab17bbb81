"""How does each entity become one token, so that tagger and parser see a name as a name?

Apart from what is recognised: a parse depends on the merged spans and on this, not on how the spans were found.
"""

from __future__ import annotations

from spacy.tokens import Doc

# A stock word of each kind, given as NORM to merged tokens: the parser knows its behaviour (ARCHITECTURE.md, decision 2).
STAND_IN = {
    "PERSON": "smith",
    "OFFICE": "minister",
    "FIRM": "toyota",
    "FUND": "fund",
    "PUBLIC_BODY": "ministry",
    "ORG": "university",
    "COUNTRY": "japan",
    "BLOC": "nato",
    "NORP": "japanese",
    "PLACE": "tokyo",
    "MONEY": "money",
    "PERCENT": "percent",
    "DATE": "monday",
    "AGREEMENT": "treaty",
}


def merge(doc: Doc) -> None:
    """Merge each entity into one token with the NORM of a stock word of its kind."""
    entities = list(doc.ents)
    with doc.retokenize() as retokenizer:
        for span in entities:
            if len(span) > 1:
                retokenizer.merge(span, attrs={"NORM": STAND_IN[span.label_], "ENT_KB_ID": span.kb_id_})
            elif not span[0].has_vector:
                span[0].norm_ = STAND_IN[span.label_]

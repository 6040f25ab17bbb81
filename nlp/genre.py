"""What kind of document it is and who issues it or meets in it, from its form and wording alone (no model needed)."""

from __future__ import annotations

import re

from nlp import gazetteer

_TITLE_SIGNS = (
    ("fact_sheet", re.compile(r"\bfact[ -]?sheet\b|\bfactsheet\b|\bbackgrounder\b", re.I)),
    ("joint_statement", re.compile(
        r"\bjoint\b[^.]{0,60}\b(?:statement|declaration|communiqu|readout|press|vision|conclusions)|\bcommuniqu|\bco-?chairs?['’]? (?:statement|summary)"
        r"|\b(?:leaders|ministers|chairs?|heads of state)['’]s? (?:statement|declaration|communiqu)|\bdeclaration\b|\bjoint (?:u\.?s|eu)\b", re.I)),
    ("readout", re.compile(r"\breadout\b|\bread-out\b|\bcall with\b|\b(?:meets|met|meeting|spoke|speaks) with\b|['’]s? meeting with\b|\bsummary of (?:the )?meeting\b", re.I)),
    ("speech", re.compile(r"\b(?:remarks|speech|address|keynote|opening statement|transcript)\b.*\b(?:by|of|at|to|delivered)\b|^remarks\b|^speech\b", re.I)),
    ("press_release", re.compile(r"\bpress release\b|\bmedia release\b|\bnews release\b|^statement (?:by|from|of)\b|\bannounces?\b", re.I)),
)  # fmt: skip
_READOUT_OPENING = re.compile(
    r"\b(?:spoke|met|held (?:a |talks|virtual)|had a (?:call|phone|meeting)|convened|hosted)\b[^.]{0,80}\b(?:with|today|virtually|by phone|by telephone)\b",
    re.I,
)
_SAID = re.compile(r"\b(?:said|told|added|according to|reported)\b", re.I)
_STATE_WE = re.compile(
    r"\b(?:we|our) (?:reaffirm|commit|welcome|underscore|recogni[sz]e|express|condemn|agree|affirm|emphasi[sz]e|stress|reiterate|two countries|nations|governments)",
    re.I,
)
_BOTH_SIDES = re.compile(r"\b(?:both|the two|the three) (?:sides|leaders|countries|ministers|parties|governments)\b", re.I)
_DATELINE = re.compile(r"^[A-Z][A-Z .,'’-]{2,40}(?:,? [A-Z][a-z]+\.? \d{1,2})?,?(?: \((?:Reuters|AP|AFP|Xinhua|Bloomberg)\))? ?[-–—] ")
_RELEASE = re.compile(r"\bfor immediate release\b|\babout [A-Z]\w+\s*\n|\bmedia contact|\bpress contact", re.I)


def classify(title: str, text: str, *, publisher: str | None = None, url: str | None = None) -> str:
    """The genre (`nlp.records.GENRES`): the title's own word for it first, then how the text is written."""
    for genre, sign in _TITLE_SIGNS[:4]:
        if sign.search(title):
            return genre
    opening = text[:1500]
    said = len(_SAID.findall(text))
    words = max(1, len(text.split()))
    if not gazetteer.is_media(publisher or "") and len(_STATE_WE.findall(text)) + len(_BOTH_SIDES.findall(text)) >= 3 and said * 200 < words:
        return "joint_statement"
    if _DATELINE.search(text):
        return "news"
    if _RELEASE.search(opening) or _RELEASE.search(text[-600:]):
        return "press_release"
    if said * 150 >= words or gazetteer.is_media(publisher or ""):
        return "news"
    if _READOUT_OPENING.search(text[:400]) and gazetteer.publisher_country(publisher, url):
        return "readout"
    if _TITLE_SIGNS[4][1].search(title):
        return "press_release"
    return "news" if words > 80 else "other"


def find_parties(title: str, text: str, genre: str, *, publisher: str | None = None, url: str | None = None) -> tuple[str, ...]:
    """Codes of the countries and blocs that issue the document or meet in it; none for news."""
    if genre in ("news", "other", "speech"):
        return ()
    codes = dict.fromkeys(gazetteer.codes_in(title))
    if genre in ("fact_sheet", "readout", "press_release"):
        issuer = gazetteer.publisher_country(publisher, url)
        if issuer:
            codes = {issuer: None, **codes}
    if len(codes) < 2:
        codes.update(dict.fromkeys(gazetteer.codes_in(text[:400])))
    return tuple(codes)

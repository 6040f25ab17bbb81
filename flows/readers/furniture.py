"""Which paragraphs of a page or release are furniture: end marks, sign-up lines, contacts, site footers?"""

from __future__ import annotations

import re
from collections.abc import Sequence

_END_MARK = re.compile(
    r"^(?:[#*_~=\-–—.•\\\s]+|-?\s*30\s*-|\(?ends\)?|\[?end(?: text)?\]?|-\s*ends?\s*-"
    r"|end\s+\d{1,2}:\d\d\s*[ap]\.?m\.?(?: [a-z]{2,4})?|(?:thomson )?reuters?|\(?(?:ap|afp|dpa|upi)\)?)$",
    re.I,
)
_LAST_MARK = re.compile(r"\s*\\?#{3,}$|(?<=[.!?”\"'’]) (?:REUTERS?|Reuters?|- ?AFP|\(AP\))$")
_SIGN_UP = re.compile(
    r"""^(?:
      (?:click|tap)\ here\ (?:to\ (?:get|read|sign|subscribe|download|view\ comments)|for\ (?:more|the\ latest))\b.*
    | get\ (?:the\ )?(?:latest|all\ the|breaking)\b.*\b(?:inbox|app|newsletter|emails?)\b.*
    | sign\ up\ (?:for|to)\b.*\b(?:newsletters?|emails?|alerts?|briefings?|inbox|app)\b.*
    | subscribe\ (?:to|now|here|for)\b.{0,120}
    | (?:already\ a\ subscriber|log\ in\ to\ (?:read|continue)|to\ continue\ reading)\b.{0,120}
    | follow\ (?:us|the\ \w+|\S+\ on)\b.{0,40}\b(?:twitter|facebook|instagram|linkedin|telegram|x|whatsapp)\b.{0,60}
    | download\ the\ .{1,60}\bapp\b.{0,60}
    | (?:read|see|watch|listen)\ (?:more|also|next|now)(?:\ (?:here|on|about|at|from)\b.{0,80})?\s*[:>»]*
    | (?:read\ more|see\ also|related|also\ read|more\ from\ .{1,40}|watch|must[ -]read)\s*:.{0,200}
    | related\ (?:articles?|stories|coverage|topics|content|posts?)\s*:?
    | (?:story\ continues\ below|continue\ reading|article\ continues\ after).{0,60}
    | (?:advertise?ment|ad|sponsored(?:\ content)?|promoted|scroll\ to\ continue.{0,40}|skip\ (?:ad|past.{0,60}))
    | (?:share|print|email|tweet|copy\ link|save|comments?(?:\ \(?\d+\)?)?|back\ to\ top|loading\W*|\d+\ min(?:ute)?s?\ read)
    | share\ (?:this|on|via)\b.{0,60}
    | (?:all\ rights\ reserved|copyright\ (?:©|\(c\))|©\s*(?:copyright|\d{4}))\b.{0,200}
    )\s*[.!]?$""",
    re.I | re.X,
)
_CAPTION = re.compile(
    r"^(?:\(?(?:photo(?:graph)?|image|picture|file photo|video|graphic|illustration)(?: credit)?s?\s*(?::|by\b|/)"
    r"|(?:credit|caption)\s*:).{0,200}$",
    re.I,
)
_CONTACT_HEAD = re.compile(
    r"^(?:(?:for )?(?:press|media|investor|public)?\s*(?:relations )?contacts?(?: details| information| us)?"
    r"|for (?:more|further) information,? (?:please )?contact|notes? to editors?)\s*:?$",
    re.I,
)
_CONTACT = re.compile(r"^(?:press|media|investor)(?: relations)? (?:contacts?|enquiries|inquiries)(?: details)?\s*:\s*\S.{0,200}$", re.I)
_CONTACT_LINE = re.compile(r"@\w|\bhttps?:|\bwww\.|\+?\d[\d ()./\-]{6,}\d|^.{0,90}$", re.S)
_SITE_FOOTER = re.compile(
    r"cookies? (?:policy|settings|preferences)|privacy (?:policy|statements?|notice)|legal notice"
    r"|terms (?:of (?:use|service)|and conditions)|accessibility\b|data protection\b|all rights reserved|language policy",
    re.I,
)


def is_furniture(paragraph: str) -> bool:
    """Whether a paragraph is an end mark, a sign-up or sharing line, a caption's credit: nothing the author wrote as text."""
    return len(paragraph) <= 320 and bool(_END_MARK.match(paragraph) or _SIGN_UP.match(paragraph) or _CAPTION.match(paragraph))


def drop_furniture(paragraphs: Sequence[str]) -> list[str]:
    """The paragraphs without furniture, and without the contact block or site footer at their end."""
    kept = [p for p in paragraphs if not is_furniture(p.strip())]
    if kept:
        kept[-1] = _LAST_MARK.sub("", kept[-1])
    return _without_tail(kept)


def _without_tail(paragraphs: list[str]) -> list[str]:
    """Cut where a site's footer menu starts, then at a 'Contacts' heading followed only by addresses and short lines."""
    for i in range(max(1, len(paragraphs) - 8), len(paragraphs)):
        if len(paragraphs[i]) < 400 and len(_SITE_FOOTER.findall(paragraphs[i])) >= 2:
            paragraphs = paragraphs[:i]
            break
    for i in range(max(1, len(paragraphs) - 25), len(paragraphs) - 1):
        if _CONTACT_HEAD.match(paragraphs[i]) and all(_is_contact(p) for p in paragraphs[i + 1 :]):
            return paragraphs[:i]
    while len(paragraphs) > 1 and _CONTACT.match(paragraphs[-1]):
        paragraphs = paragraphs[:-1]
    return paragraphs


def _is_contact(paragraph: str) -> bool:
    is_sentence = len(paragraph) > 60 and paragraph.rstrip().endswith((".", "!", "?"))
    return not is_sentence and bool(_CONTACT_LINE.search(paragraph))

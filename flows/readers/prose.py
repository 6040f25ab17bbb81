"""How does text as found become clean plain text: characters, soft wraps, paragraphs, the title said once?"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import ftfy
from ftfy.badness import is_bad

from flows.readers.model import RawDocument

# ECMA-48 control sequences (colours, cursor), operating system commands and two-byte escapes, as terminals obey them.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]?")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control, bidi, invisible and private-use characters, noncharacters, lone surrogates, language tags.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
# Joiners carry meaning in Indic and Persian script and in emoji; inside Latin, Greek or Cyrillic words they only hide them.
_STRAY_JOINERS = re.compile(
    "(?<![\u0530-\uffff\U00010000-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0530-\uffff\U00010000-\U0010ffff])"
)
_SPACES = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SENTENCE_END = re.compile(r"[.!?:;…。！？]['\"’”»)\]]*$")
_LIST_MARK = re.compile(r"(?:[-*•‣▪●◦–—o]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_BULLET = re.compile(r"^(?:[•‣▪●◦■□➢➤✓✔·∙*\\]+|[-–—](?=\s)|o (?=[A-Z]))\s*")


def clean_characters(text: str) -> str:
    """The text without control, bidi, escape, invisible and private-use characters, its line ends as `\\n`.

    Mojibake is repaired where ftfy is certain of it; spaces of any width become plain spaces of the same number.
    """
    text = _ESCAPES.sub("", text)
    text = _LINE_ENDS.sub("\n", text)
    if is_bad(text):
        text = ftfy.fix_encoding(text)
    text = _STRAY_JOINERS.sub("", _FORBIDDEN.sub("", text))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text))


def clean_line(text: str | None) -> str:
    """One line of metadata (a title, a name): clean characters, entities resolved, white space collapsed."""
    return " ".join(clean_characters(html.unescape(text or "")).split())


def tidy_paragraph(text: str) -> str:
    """A paragraph's text on one line, single spaces, without a leading bullet; spaces before a comma or full stop go."""
    text = _BULLET.sub("", " ".join(text.split()))
    return re.sub(r"(?<=[\w)”’]) (?=[,.;](?:\s|$))|(?:(?<=^[“‘(])|(?<= [“‘(])) ", "", text)


def join_paragraphs(paragraphs: Iterable[str]) -> str:
    """Clean plain text of paragraphs: empty ones dropped, one that only repeats its predecessor dropped."""
    kept: list[str] = []
    for paragraph in paragraphs:
        tidy = tidy_paragraph(paragraph)
        if any(c.isalnum() for c in tidy) and not (kept and kept[-1] == tidy):
            kept.append(tidy)
    return "\n\n".join(kept)


def unwrap(text: str) -> list[str]:
    """The paragraphs of plain text whose lines may be wrapped by hand.

    Blank lines always separate. Within a block, lines are joined where they were broken only for width: the next word would not
    have fitted, or the sentence plainly goes on. Text without a common width (each paragraph on its line) keeps its lines.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    width = _wrap_width(lines)
    paragraphs: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line.strip())
        elif block:
            paragraphs += _join_block(block, width, first=not paragraphs)
            block = []
    return [part for paragraph in paragraphs for part in _lost_breaks(paragraph)]


def _wrap_width(lines: Sequence[str]) -> int | None:
    """The column the lines were wrapped at, or None where they were not."""
    lengths = sorted(len(line) for line in lines if line.strip())
    if len(lengths) < 2:
        return None
    width = lengths[int(len(lengths) * 0.95)] if len(lengths) > 20 else lengths[-1]
    return width if 30 <= width <= 132 else None


def _join_block(block: Sequence[str], width: int | None, *, first: bool) -> list[str]:
    if width is None:
        return list(block)
    paragraphs = [block[0]]
    for number, (line, following) in enumerate(pairwise(block)):
        if _is_break(line, following, width, opening=first and number == 0):
            paragraphs.append(following)
        else:
            paragraphs[-1] = join_lines(paragraphs[-1], following)
    return paragraphs


def _is_break(line: str, following: str, width: int, *, opening: bool) -> bool:
    """Whether the writer ended the line on purpose."""
    if _LIST_MARK.match(following):
        return True
    fits = len(line) + 1 + len(following.split()[0])
    if fits > width * 0.92 or following[0].islower():
        return False
    # A first line is often short because a dateline was cut from it.
    return bool(_SENTENCE_END.search(line)) or (fits <= width * 0.6 and not opening)


def join_lines(left: str, right: str) -> str:
    """Two wrapped lines as one; a word divided at its own hyphen keeps it and gets no space."""
    if re.search(r"\w-$", left) and right[:1].isalnum():
        return left + right
    return f"{left} {right}"


def _lost_breaks(paragraph: str) -> list[str]:
    """A very long line whose paragraphs are told only by double spaces, split there.

    Typists who put two spaces after every sentence are told apart by the share of sentence ends that have them.
    """
    if len(paragraph) < 1000:
        return [paragraph]
    wide = len(re.findall(r"[.!?…]['\"’”)]* {2,}(?=\S)", paragraph))
    narrow = len(re.findall(r"[.!?…]['\"’”)]* (?=[A-Z“\"‘])", paragraph))
    return [paragraph] if wide > narrow else re.split(r" {2,}", paragraph)


def same_words(text: str) -> str:
    """The letters and digits of a text, folded: two texts that differ only in punctuation, case or spacing are equal in it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def finish(document: RawDocument) -> RawDocument:
    """The document with its title not repeated at the head of its text and its standfirst, if any, standing there once.

    A standfirst that the text does not hold is put before it: offsets of what is said in it must point into the text.
    """
    title = clean_line(document.title)
    paragraphs = document.text.split("\n\n") if document.text else []
    if title:
        paragraphs = _without_title(paragraphs, same_words(title))
    standfirst = clean_line(document.standfirst) or None
    if standfirst:
        wanted = same_words(standfirst)
        if not wanted or wanted == same_words(title):
            standfirst = None
        else:
            held = next((i for i, p in enumerate(paragraphs[:4]) if same_words(p) == wanted), None)
            if held is None:
                paragraphs.insert(0, standfirst)
            else:
                standfirst = paragraphs[held]
                paragraphs = [p for i, p in enumerate(paragraphs) if i <= held or i > 4 or same_words(p) != wanted]
    authors = tuple(dict.fromkeys(name for name in map(clean_line, document.authors) if name))
    return replace(document, title=title, standfirst=standfirst, text="\n\n".join(paragraphs), authors=authors)


def _without_title(paragraphs: list[str], title: str) -> list[str]:
    for start in range(min(3, len(paragraphs))):
        said = ""
        for stop in range(start, min(start + 4, len(paragraphs))):
            said += same_words(paragraphs[stop])
            if said == title:
                return paragraphs[:start] + paragraphs[stop + 1 :]
            if not title.startswith(said):
                break
    return paragraphs

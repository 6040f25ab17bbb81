"""Which printed lines of a PDF make one paragraph, and which are running heads, page numbers or notes?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from flows.readers.pdf_lines import HYPHEN, Line
from flows.readers.prose import clean_characters

_EDGE_LINES = 3  # lines at the top and the foot of a page that may be running heads
_EDGE = 0.14  # share of the page's height in which they stand
_PAGE_NUMBER = re.compile(
    r"\bpage \d{1,4} (?:of|/) ?\d{1,4}\W*$"
    r"|^\W*(?:page\s*|p\.\s*|seite\s*|página\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|de|von|sur)\s*\d{1,4})?\W*$",
    re.I,
)
_ADDRESS_STAMP = re.compile(r"^(?:https?://|www\.|file://)\S+(?:\s+\d+/\d+)?$|^\d{1,2}/\d{1,2}/\d{2,4},? \d{1,2}:\d\d(?:\s*[AP]M)?\b", re.I)
_MARK = re.compile(
    r"^(?:[•‣▪●◦■□➢✓·]|[-–—]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,5})[.)](?=\s|[A-ZÁÉÍÓÚÑ]{2})\s*\S"
    r"|(?:article|section|chapter|annex)\s+[\dIVX]+\b)",
    re.I,
)
_END = re.compile(r"[.!?:;…]['\"’”»)\]]*$")
# Parts that tell a compound where the document prints the word nowhere else: typesetters divide "state-ment", but nobody "high-level".
_FIRST_PARTS = {
    "high", "low", "long", "well", "self", "non", "co", "anti", "cross", "mid", "post", "vice", "ex", "two", "three", "four", "five", "e",
    "risk", "rules", "evidence", "climate", "energy", "gender", "decision", "cyber",
}  # fmt: skip
_SECOND_PARTS = {
    "term", "level", "based", "led", "related", "wide", "owned", "backed", "run", "scale", "range", "standing", "speed", "quality",
    "income", "known", "building", "making", "makers", "free", "border", "party", "year", "time", "class", "sized", "oriented", "centred",
    "centered", "driven", "specific", "friendly", "being", "up", "round", "third", "sector", "tech", "emission", "carbon",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or list item, with the page, size and weight of its first line."""

    text: str
    page: int
    size: float
    bold: bool


def without_running_lines(lines: Sequence[Line]) -> list[Line]:
    """The lines without page numbers and without heads and feet that return on several pages."""
    pages = [[line for line in lines if line.page == number] for number in range(max((line.page for line in lines), default=-1) + 1)]
    edges = [_edge_lines(page) for page in pages]
    counts = Counter(key for page in edges for key in {_folded(line.text) for line in page})
    needed = 2 if len(pages) <= 4 else 3
    dropped = {
        line
        for page in edges
        for line in page
        if _PAGE_NUMBER.search(line.text) or _ADDRESS_STAMP.match(line.text.strip()) or counts[_folded(line.text)] >= needed
    }
    return [line for line in lines if line not in dropped]


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    if not page:
        return []
    by_height = sorted(page, key=lambda line: -line.top)
    height = page[0].page_height
    top = [line for line in by_height[:_EDGE_LINES] if line.bottom > height * (1 - _EDGE)]
    foot = [line for line in by_height[-_EDGE_LINES:] if line.top < height * _EDGE]
    return top + foot


def _folded(text: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\W+", " ", text)).strip().casefold()


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """The paragraphs of a document's lines in reading order; paragraphs go on over pages, notes stand at the end."""
    lines = [clean for line in lines if (clean := replace(line, text=_printable(line.text))).text.strip()]
    if not lines:
        return []
    body = _body_size(lines)
    notes = _notes(lines, body)
    text = [line for line in lines if line not in notes]
    words = _vocabulary(lines)
    groups = [*_groups(text, body), *_groups([line for line in lines if line in notes], body)]
    return [Block(_joined(group, words), group[0].page, group[0].size, all(line.bold for line in group)) for group in groups]


def _printable(text: str) -> str:
    """Clean characters, but for pdfium's hyphen sign; ligatures as letters."""
    marked = text.replace(HYPHEN, "\ufdd0").translate(_LIGATURES)
    return clean_characters(marked).replace("\ufdd0", HYPHEN).strip()


_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}


def _body_size(lines: Iterable[Line]) -> float:
    weights: Counter[float] = Counter()
    for line in lines:
        weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0]


def _notes(lines: Sequence[Line], body: float) -> set[Line]:
    """Footnotes: small print at the foot of a page below its last line of body print, begun by a number or sign."""
    notes: set[Line] = set()
    for number in {line.page for line in lines}:
        page = [line for line in lines if line.page == number]
        lowest = min((line.bottom for line in page if line.size >= body * 0.95), default=None)
        if lowest is None:
            continue
        small = [line for line in page if line.size <= body * 0.93 and line.top <= lowest + 2]
        if small and re.match(r"\s*(?:\d{1,3}|[*†‡])", small[0].text):
            notes.update(small)
    return notes


def _groups(lines: Sequence[Line], body: float) -> list[list[Line]]:
    """Lines grouped into paragraphs."""
    if not lines:
        return []
    pitch = _pitch(lines)
    right_edge = _right_edge(lines)
    groups = [[lines[0]]]
    for previous, line in pairwise(lines):
        if _begins(previous, line, groups[-1], pitch, right_edge, body):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _pitch(lines: Sequence[Line]) -> dict[float, float]:
    """The usual distance between the feet of consecutive lines, per print size."""
    gaps: dict[float, list[float]] = {}
    for previous, line in pairwise(lines):
        gap = previous.bottom - line.bottom
        if previous.page == line.page and previous.size == line.size and 0 < gap < 4 * line.size:
            gaps.setdefault(line.size, []).append(gap)
    usual = {}
    for size, found in gaps.items():
        found.sort()
        usual[size] = median(found[: max(1, (len(found) * 3) // 4)])
    return usual


def _right_edge(lines: Sequence[Line]) -> float:
    edges = sorted(line.right for line in lines if len(line.text) > 40) or sorted(line.right for line in lines)
    return edges[int(len(edges) * 0.8)]


def _begins(previous: Line, line: Line, group: Sequence[Line], pitch: dict[float, float], right_edge: float, body: float) -> bool:
    """Whether a line begins a new paragraph."""
    before, after = previous.text.rstrip(), line.text.lstrip()
    if abs(previous.bottom - line.bottom) < line.size * 0.4 and line.page == previous.page and line.left >= previous.right - 1:
        return False  # pdfium split one printed line
    if _MARK.match(after):
        return True
    reaches_edge = previous.right > right_edge * 0.85
    goes_on = bool(re.match(r"[a-zà-ÿ,;)]", after)) or before.endswith((HYPHEN, "-"))
    indented = line.left > min(other.left for other in group) + line.size * 0.9 and line.left > previous.left + line.size * 0.9
    if line.page != previous.page:
        same_print = abs(previous.size - line.size) < 0.6
        return not (goes_on or (same_print and reaches_edge and not indented and not _END.search(before)))
    if abs(previous.size - line.size) > 0.08 * max(previous.size, line.size) + 0.3:
        return not (goes_on and abs(previous.size - line.size) < 2)
    gap = previous.bottom - line.bottom
    usual = pitch.get(line.size, line.size * 1.2)
    if gap < 0:  # the next column
        return not goes_on and bool(_END.search(before))
    if gap > usual * 1.35 + 0.5:
        return not (goes_on and gap < usual * 2.2)  # a raised note mark widens its line
    if previous.bold != line.bold and not goes_on and previous.right < right_edge * 0.8:
        return True
    if goes_on or (before.endswith(",") and reaches_edge and not indented) or (previous.bold and line.bold and not _END.search(before)):
        return False
    if indented and (_END.search(before) or before.endswith(",")):
        return True
    first_word = len(after.split()[0]) * line.size * 0.5
    if previous.right + first_word + line.size >= right_edge:
        return False  # the line was full
    return bool(_END.search(before)) or (previous.right < right_edge * 0.7 and not previous.size > body * 1.1)


def _vocabulary(lines: Sequence[Line]) -> set[str]:
    return {word.casefold() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text)}


def _joined(group: Sequence[Line], words: set[str]) -> str:
    text = ""
    for line in group:
        part = line.text.strip()
        if not text:
            text = part
        elif text.endswith((HYPHEN, "-", "‐")) and re.search(r"\w.$", text):
            text = _dehyphenated(text[:-1], part, words, certain=text.endswith("-") and not part[:1].islower())
        else:
            text = f"{text} {part}"
    return _inner_hyphens(text, words)


def _inner_hyphens(text: str, words: set[str]) -> str:
    """pdfium may join a divided word itself and leave its sign inside the line."""
    while HYPHEN in text:
        left, right = text.split(HYPHEN, 1)
        if left.strip() and right.strip():
            text = _dehyphenated(left.rstrip(), right.lstrip(), words, certain=False)
        else:
            text = f"{left}-{right}" if left else right
    return text


def _dehyphenated(left: str, right: str, words: set[str], *, certain: bool) -> str:
    """Two parts of a word broken at a line's end, with its hyphen only where the word has one.

    Evidence in this order: a capital or digit after it, the word as the document prints it elsewhere, first parts that are usually
    hyphenated; else the hyphen was the typesetter's.
    """
    first = re.search(r"[\w’'-]*$", left)
    second = re.match(r"[\w’'-]*", right)
    start, rest = (first.group(0) if first else "").casefold(), (second.group(0) if second else "").casefold()
    hyphenated = f"{left}-{right}"
    if certain or not rest or not right[0].islower() or not start or start[-1].isdigit():
        return hyphenated
    if f"{start}-{rest}" in words:
        return hyphenated
    if start + rest in words:
        return left + right
    return hyphenated if start in _FIRST_PARTS or rest in _SECOND_PARTS or "-" in start else left + right

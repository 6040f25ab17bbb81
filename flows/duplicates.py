"""Which document is a copy of one that was taken in before: the same text, or a syndicated copy of it?

Exact copies are found by their text's hash. Near copies in three steps, each a little dearer than the one before: MinHash bands
that agree (locality-sensitive hashing), the likeness that the whole signatures promise, and the texts themselves. The last step
also tells a copy from a *sibling*, another document of the same template (tomorrow's briefing, the call with the next president):
a copy leaves words out and adds some, a sibling has other names and numbers in the same places.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import BinaryIO

import numpy as np
import rensa

SHINGLE_WORDS = 4
PERMUTATIONS = 64
BANDS = 32  # of two values each: a pair with Jaccard 0.3 shares a band with probability 0.95, one with 0.5 with 0.9999
SEED = 42
SIGNATURE_VERSION = rensa.RMinHash.ALGORITHM_VERSION
SHORT_WORDS = 40  # shorter texts have too few shingles to tell a copy from a sibling: exact copies only

# MEASUREMENTS.md, "Reading": copies have Jaccard 0.5 to 0.95 on such shingles (containment 1.0 when cut), unrelated stories 0.02.
PROMISING = 0.2  # estimated Jaccard; the estimate's standard deviation at 0.3 is 0.06
CONTAINMENT = 0.8
JACCARD = 0.5

SUBSTITUTION_WORDS = 12  # a longer passage in the place of another is an insertion and an omission, not a substitution
SUBSTITUTIONS = 0.01  # of the shorter text's names and numbers may stand replaced: a corrected figure, a house's spelling
COPIED_WITHIN_DAYS = 10  # syndication takes hours, corrections days; what comes later on the same matter is next month's document
REISSUED = 0.9  # Jaccard of a long document that is put out again after that time, with nothing but slips corrected
REISSUED_WORDS = 300
REISSUED_PROMISING = 0.75  # estimated Jaccard of such a document; the estimate's standard deviation at 0.9 is 0.04
ALIGNED_WORDS = 3_000  # siblings differ early; longer alignments only take time

_WORD = re.compile(r"\w+(?:[.,'’]\w+)*")
_SENTENCE_ENDS = tuple('.!?:”"')


@dataclass(frozen=True, slots=True)
class Story:
    """A text as the comparison needs it."""

    title: str
    words: tuple[str, ...]
    initial: tuple[bool, ...]
    """Whether each word begins a sentence, where a capital says nothing."""
    day: dt.date | None = None
    """When it was published."""

    @property
    def folded(self) -> list[str]:
        """The words as `fold` makes them."""
        return fold(self.words)


def read_story(title: str, text: str, day: dt.date | None = None) -> Story:
    """Words of a text, with which of them begin a sentence."""
    words: list[str] = []
    initial: list[bool] = []
    last = 0
    for match in _WORD.finditer(text):
        between = text[last : match.start()]
        initial.append(not words or "\n" in between or between.rstrip().endswith(_SENTENCE_ENDS))
        words.append(sys.intern(match[0]))  # many texts are kept at hand, and have most of their words in common
        last = match.end()
    return Story(title, tuple(words), tuple(initial), day)


def fold(words: Sequence[str]) -> list[str]:
    """Words without regard to case and to the dots of "U.S."."""
    return " ".join(words).casefold().replace(".", "").split(" ") if words else []


def shingles(words: Sequence[str]) -> list[str]:
    """Every run of four words, in order; of a shorter text the text."""
    if len(words) < SHINGLE_WORDS:
        return [" ".join(words)] if words else []
    return [" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)]


def signature(text: str) -> tuple[int, ...]:
    """The MinHash of a text: the version of the algorithm, then 64 values as signed 32-bit integers; empty for short texts."""
    words = _WORD.findall(text)
    if len(words) < SHORT_WORDS:
        return ()
    minhash = rensa.RMinHash(PERMUTATIONS, SEED)
    minhash.update(shingles(fold(words)))
    values = np.array(minhash.digest(), dtype=np.uint32).view(np.int32)
    return (SIGNATURE_VERSION, *values.tolist())


def is_copy(new: Story, old: Story) -> bool:
    """Whether two texts are the same story: most of the shorter one stands in the other, and no other names or numbers in its place.

    Documents that are more than ten days apart are the same only if they are long and all but equal.
    """
    if min(len(new.words), len(old.words)) < SHORT_WORDS:
        return False
    first, second = shingles(new.folded), shingles(old.folded)
    a, b = set(first), set(second)
    shared = len(a & b)
    if new.day and old.day and abs((new.day - old.day).days) > COPIED_WITHIN_DAYS:
        long = min(len(new.words), len(old.words)) >= REISSUED_WORDS
        return long and shared >= REISSUED * len(a | b) and _replaced_facts(new, old, first, second, strict=True) == 0
    if shared < CONTAINMENT * min(len(a), len(b)) and shared < JACCARD * len(a | b):
        return False
    allowed = SUBSTITUTIONS * min(len(_facts(new)), len(_facts(old)))
    return not _other_subject(new, old) and _replaced_facts(new, old, first, second) <= allowed


def _facts(story: Story) -> set[str]:
    """Words that name or count something: with a digit, or with a capital inside a sentence."""
    return {
        word
        for word, initial in zip(story.words, story.initial)
        if any(character.isdigit() for character in word) or (word[0].isupper() and not initial)
    }


def _other_subject(new: Story, old: Story) -> bool:
    """Each has a word in its title and its text that the other has nowhere.

    A copy under another headline passes: what its headline says stands in the text that both have.
    """

    def own(story: Story, other: Story) -> bool:
        said, known = set(story.folded), {*other.folded, *read_story("", other.title).folded}
        return any(word in said and word not in known for word in read_story("", story.title).folded if len(word) > 3 or word.isdigit())

    return own(new, old) and own(old, new)


def _replaced_facts(new: Story, old: Story, first: list[str], second: list[str], *, strict: bool = False) -> int:
    """How many names and numbers stand in the place of others; those that the other text has elsewhere only where `strict`."""
    first, second = first[:ALIGNED_WORDS], second[:ALIGNED_WORDS]
    new_facts, old_facts = _facts(new), _facts(old)
    new_known, old_known = (set(), set()) if strict else (set(new.words), set(old.words))
    replaced, end_new, end_old = 0, 0, 0
    blocks = [b for b in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks() if b.size]
    for number, block in enumerate(blocks):
        gap_new, gap_old = new.words[end_new : block.a], old.words[end_old : block.b]
        if number and len(gap_new) <= SUBSTITUTION_WORDS and len(gap_old) <= SUBSTITUTION_WORDS:
            mine = sum(word in new_facts and word not in old_known for word in gap_new)
            theirs = sum(word in old_facts and word not in new_known for word in gap_old)
            replaced += min(mine, theirs)
        end_new, end_old = block.a + block.size + SHINGLE_WORDS - 1, block.b + block.size + SHINGLE_WORDS - 1
    return replaced


_ENTRY = np.dtype([("key", np.uint32), ("number", np.uint32)])
_BLOCK = 512  # entries that are read at once: 4 KB
_ROW = PERMUTATIONS * 4  # bytes of a signature
_NO_DAY = 0


class SignatureIndex:
    """Which stories, in the order of taking in, may be alike? Numbers of stories are their order.

    Signatures and bands lie in two files without a name (0.5 KB a story, in the folder for temporary files), so that memory hardly grows
    with the number of stories (by 4 bytes for its day); the bands sorted by key, with the first key of each block at hand. What was added
    since the last merge lies in dictionaries. Raises `OSError` where the disk is full. Who the story with a number is, the caller knows.
    """

    MERGE_AT = 2_000

    def __init__(self) -> None:
        self._signatures: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - goes with the object
        self._bands: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        self._merged = 0
        self._heads = np.empty((BANDS, 0), dtype=np.uint32)
        self._fresh: list[np.ndarray] = []
        self._fresh_bands: list[dict[int, list[int]]] = [defaultdict(list) for _ in range(BANDS)]
        self._days = array("i")

    def __len__(self) -> int:
        return self._merged + len(self._fresh)

    def add(self, values: Sequence[int], day: dt.date | None = None) -> int | None:
        """Add a story by its `signature`: its number; None for an empty one (short text), which is left out."""
        if len(values) != PERMUTATIONS + 1:
            return None
        row = _unsigned(values)
        number = len(self)
        self._fresh.append(row)
        self._days.append(_day_number(day))
        for band, key in enumerate(_bands(row[None, :])[:, 0].tolist()):
            self._fresh_bands[band][key].append(number)
        if len(self._fresh) >= self.MERGE_AT:
            self._merge()
        return number

    def add_many(self, values: np.ndarray, days: Sequence[dt.date | None]) -> range:
        """Add stories at once by their signatures, one a row of `values` (int32), and their days; their numbers."""
        self._merge()
        self._days.extend(map(_day_number, days))
        start = len(self)
        self._fresh = list(np.ascontiguousarray(values[:, 1:]).view(np.uint32))
        self._merge()
        return range(start, len(self))

    def redate(self, number: int, day: dt.date | None) -> None:
        """A story has another day than it was added with."""
        self._days[number] = _day_number(day)

    def candidates(self, values: Sequence[int], day: dt.date | None = None) -> list[int]:
        """The numbers of the stories that may be the same, first taken in first.

        Those of one template that stand further apart than `COPIED_WITHIN_DAYS` are many and never the same: they are left out by
        what their signatures promise, without a look at their texts.
        """
        if len(values) != PERMUTATIONS + 1:
            return []
        row = _unsigned(values)
        found: set[int] = set()
        for band, key in enumerate(_bands(row[None, :])[:, 0].astype(np.uint32)):  # of another type the keys would be copied each time
            found.update(self._of_key(band, key))
            found.update(self._fresh_bands[band].get(int(key), ()))
        numbers = sorted(found)
        old = [number for number in numbers if number < self._merged]
        alike = (self._rows(old) == row).sum(axis=1).tolist()  # in one go: chance meetings grow with the number of stories
        alike += [int(np.count_nonzero(self._fresh[number - self._merged] == row)) for number in numbers[len(old) :]]
        own = _day_number(day)
        return [number for number, count in zip(numbers, alike) if count >= self._least(number, own) * PERMUTATIONS]

    def _least(self, number: int, day: int) -> float:
        """The estimated Jaccard from which a story may be the same as one of that day."""
        apart = day != _NO_DAY and self._days[number] != _NO_DAY and abs(day - self._days[number]) > COPIED_WITHIN_DAYS
        return REISSUED_PROMISING if apart else PROMISING

    def _of_key(self, band: int, key: np.uint32) -> list[int]:
        """The merged stories that have this key in the band."""
        heads = self._heads[band]
        first = max(int(np.searchsorted(heads, key, side="left")) - 1, 0)
        last = int(np.searchsorted(heads, key, side="right"))  # the block before this one is the last that can hold it
        if first >= last:
            return []
        start, stop = first * _BLOCK, min(last * _BLOCK, self._merged)
        entries = self._entries(self._bands, band, self._merged, start, stop)
        left, right = (int(np.searchsorted(entries["key"], key, side=side)) for side in ("left", "right"))
        return [] if left == right else entries["number"][left:right].tolist()

    @staticmethod
    def _entries(file: BinaryIO, band: int, length: int, start: int, stop: int) -> np.ndarray:
        """Entries of a band, of which each holds `length`."""
        size = _ENTRY.itemsize
        return np.frombuffer(os.pread(file.fileno(), (stop - start) * size, (band * length + start) * size), dtype=_ENTRY)

    def _rows(self, numbers: Sequence[int]) -> np.ndarray:
        read = b"".join(os.pread(self._signatures.fileno(), _ROW, number * _ROW) for number in numbers)
        return np.frombuffer(read, dtype=np.uint32).reshape(len(numbers), PERMUTATIONS)

    def _merge(self) -> None:
        if not self._fresh:
            return
        rows = np.stack(self._fresh)
        total = self._merged + len(rows)
        self._signatures.seek(self._merged * _ROW)
        self._signatures.write(rows.tobytes())
        self._signatures.flush()
        fresh = np.empty((BANDS, len(rows)), dtype=_ENTRY)
        fresh["key"], fresh["number"] = _bands(rows), np.arange(self._merged, total, dtype=np.uint32)
        merged: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        heads = []
        for band in range(BANDS):
            entries = np.concatenate([self._entries(self._bands, band, self._merged, 0, self._merged), fresh[band]])
            entries = entries[np.argsort(entries["key"], kind="stable")]
            merged.write(entries.tobytes())
            heads.append(entries["key"][::_BLOCK].copy())
        merged.flush()
        self._bands.close()
        self._bands, self._heads, self._merged = merged, np.stack(heads), total
        self._fresh = []
        self._fresh_bands = [defaultdict(list) for _ in range(BANDS)]


def _day_number(day: dt.date | None) -> int:
    return _NO_DAY if day is None else day.toordinal()


def _unsigned(values: Sequence[int]) -> np.ndarray:
    return np.array(values[1:], dtype=np.int32).view(np.uint32)


def _bands(rows: np.ndarray) -> np.ndarray:
    """A 32-bit key for each band of each signature, as uint64: (bands, rows)."""
    pairs = rows.reshape(len(rows), BANDS, PERMUTATIONS // BANDS).astype(np.uint64)
    mixed = (pairs[:, :, 0] << np.uint64(32) | pairs[:, :, 1]) * np.uint64(0x9E3779B97F4A7C15)
    return np.ascontiguousarray((mixed >> np.uint64(32)).T)


def first_copy(story: Story, candidates: Iterable[tuple[str, Story]]) -> str | None:
    """The doc_id of the first candidate that is the same story."""
    return next((doc_id for doc_id, other in candidates if is_copy(story, other)), None)

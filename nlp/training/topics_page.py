"""Which topics are there, what do they mean, and how well are they told? `python -m nlp.training.topics_page > docs/topics.md`

Made from `lexicons/topics.json`, the figures that `train_topics` left in `models/topics.json`, and those that `benchmarks/topics.py`
measured on annotated documents.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlp.topics import topic_table
from nlp.training.train_topics import FIGURES

GOLD_FIGURES = Path(__file__).parents[2] / "benchmarks" / "topics.json"

_HEAD = """# Topics

What `topics.topic` and `cooperations.topics` may hold. A document carries a topic when it is one of its subjects, not when a word of it
falls. This page is generated: `python -m nlp.training.topics_page > docs/topics.md`.

Measured on text that no weight was fitted on: {sentences} held-back sentences (F1 {joined}; by the term list alone {terms}), most of them
worded so that no obvious term falls, and {passages} held-back passages of the project's own corpus (F1 {passage_f1}). The term list was
revised with counts over all of these, so the figures are somewhat kind to it; the {gold} annotated documents of real news and
statements (development gold, `benchmarks/topics.py`) are the independent test.
The figures of single topics stand on few examples: the number is in parentheses.

| code | label | covers | GDELT themes | F1 sentences | F1 passages | F1 gold |
|---|---|---|---|---|---|---|
"""

_FOOT = """
GDELT themes are those of the Global Knowledge Graph that cover the topic or a part of it. IPTC Media Topics and EuroVoc codes are not
mapped: no list of theirs has been read.
"""


def page() -> str:
    """The page as Markdown. Raises FileNotFoundError when the model has not been trained or the documents not been scored."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    gold: dict[str, Any] = json.loads(GOLD_FIGURES.read_text(encoding="utf-8"))
    head = _HEAD.format(
        sentences=figures["sentences"]["count"],
        joined=figures["sentences"]["joined_f1"],
        terms=figures["sentences"]["terms_f1"],
        passages=figures["passages"]["count"],
        passage_f1=figures["passages"]["f1"],
        gold=gold["documents"],
    )
    rows = []
    for topic in topic_table():
        of = figures["topics"][topic["code"]]
        themes = ", ".join(f"`{theme}`" for theme in topic["gdelt_themes"])
        sentences = f"{of['sentences_f1']:.2f} ({of['sentences']})" if of["sentences"] else "–"
        passages = f"{of['passages_f1']:.2f} ({of['passages']})" if of["passages"] else "–"
        scored = gold["topics"][topic["code"]]
        documents = f"{scored['f1']:.2f} ({scored['documents']})" if scored["documents"] else "–"
        rows.append(f"| `{topic['code']}` | {topic['label']} | {topic['definition']} | {themes} | {sentences} | {passages} | {documents} |")
    return head + "\n".join(rows) + "\n" + _FOOT


if __name__ == "__main__":
    print(page(), end="")

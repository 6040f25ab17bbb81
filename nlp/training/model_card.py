"""What was the recogniser trained on, how good is it, where does it fail? `python -m nlp.training.model_card` writes `docs/model-card.md`.

Made from the corpus and from the figures that `train_ner` left in `models/ner.json`.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from nlp.training.corpus import is_held_back, load_passages
from nlp.training.train_ner import MARKED_LINES, MODELS, REHEARSAL

PAGE = Path(__file__).parents[2] / "docs" / "model-card.md"

_GROWTH = """How the figure grows with the text (one seed; share of the training passages, F1 on the same held-back passages):

| share | passages | F1 |
|---|---|---|"""
_NO_GROWTH = "How the figure grows with the text was not measured on the present texts (`python -m nlp.training.train_ner --curve`)."

_HEAD = """# Model card: the named-entity recogniser

This page is generated: `python -m nlp.training.model_card`.

**What it is.** A spaCy transition-based `ner` of {megabytes:.1f} MB over the vectors of en_core_web_md, in `nlp/models/ner`. It starts from
md's word representation and is trained on for {epochs} epochs, {copies} copies of each passage with other names beside the one as written,
the learning rate falling; of the seeds {seeds} the best on the held-back fifth is kept. `nlp/models/ner.json` carries the hash of corpus
and configuration.

**What it is for.** English news and official texts: finding the names that the tables of this project are made of. It proposes; rules and
lexicons decide some labels (offices, funds, public bodies, blocs, money) and an alias vote over the document overrides both, so the
figures below are not those of the tables.

**What it was trained on.** {training} passages of three to eight sentences, {headings} headings and single sentences and {rehearsal}
plain ones, all written for this project; {held} more passages are held back. No text of others. Passages by genre and region:

{cells}

## Scores

F1 of spans on the {held} held-back passages, by which the seed was chosen too (so a little kind):

| label | F1 | spans in training | spans held back |
|---|---|---|---|
{scores}

{curve}

## Limits

- English only. Other languages are kept out before they reach it.
- Persons, firms and events in its texts are mostly invented: a name that the vectors do not know is told by its place in the sentence,
  so a bare list of unknown names is where it fails first.
- Papers of a government about its own affairs are weak: of 42 firms that the pipeline found in 40 statements of the White House, drawn at
  random, a reader called 12 right (medicines, laws, programmes, places and children's names are the others).
- Labels that only usage tells apart (a firm from another organization, an agreement from a programme) are its weakest.
- It reads a sentence at a time within a window of a few words; what a name is elsewhere in the document, the alias vote tells.
- It was written by few hands: their idea of a press release is in it.
"""


def _table(counts: Counter[tuple[str, str]]) -> str:
    genres = sorted({genre for genre, _ in counts})
    regions = sorted({region for _, region in counts})
    lines = ["| region | " + " | ".join(genres) + " |", "|---" * (len(genres) + 1) + "|"]
    lines += [f"| {region} | " + " | ".join(str(counts[genre, region]) for genre in genres) + " |" for region in regions]
    return "\n".join(lines)


def page() -> str:
    """The card as Markdown."""
    card: dict[str, Any] = json.loads((MODELS / "ner.json").read_text(encoding="utf-8"))
    passages = load_passages()
    spans: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for passage in passages:
        spans[is_held_back(passage)].update(label for *_, label in (*passage.title_spans, *passage.spans))
    scores = [
        f"| {label} | {score:.3f} | {spans[False][label] if label != 'all' else sum(spans[False].values())} | "
        f"{spans[True][label] if label != 'all' else sum(spans[True].values())} |"
        for label, score in card["held_back"].items()
    ]
    curve = [f"| {point['share']} | {point['passages']} | {point['held_back']:.3f} |" for point in card.get("curve", [])]
    held = sum(map(is_held_back, passages))
    return _HEAD.format(
        megabytes=sum(path.stat().st_size for path in (MODELS / "ner").rglob("*") if path.is_file()) / 1e6,
        epochs=card["configuration"]["epochs"],
        copies=card["configuration"]["copies"],
        seeds=", ".join(map(str, card["configuration"]["seeds"])),
        training=len(passages) - held,
        held=held,
        headings=sum(1 for path in MARKED_LINES for line in path.read_text(encoding="utf-8").splitlines() if line.strip()),
        rehearsal=sum(1 for line in REHEARSAL.read_text(encoding="utf-8").splitlines() if line.strip()),
        cells=_table(Counter((passage.genre, passage.region) for passage in passages)),
        scores="\n".join(scores),
        curve="\n".join([_GROWTH, *curve]) if curve else _NO_GROWTH,
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

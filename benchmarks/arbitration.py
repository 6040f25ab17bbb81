"""Which source of entities is right for which label? Span F1 of the model alone, of the rules alone and of both arbitrated.

    python benchmarks/arbitration.py [--documents]

On the held-back passages of `nlp/training/texts` (which the model never saw), or with `--documents` on the whole documents of
`nlp/training/documents`. A span is right where start, end and label are those of the annotation; figures per label. The trust that
`nlp/entities.py` gives each source per label is read off this table.
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc

from nlp import blocks, entities
from nlp.pipeline import build
from nlp.records import ENTITY_LABELS, Text
from nlp.training.corpus import TEXTS, Passage, is_held_back, load_passages

Spans = set[tuple[int, int, str]]
SOURCES = ("model", "rules", "arbitrated")


@dataclass
class Counts:
    """Right, found and annotated spans per label."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    annotated: Counter[str] = field(default_factory=Counter)

    def add(self, annotated: Spans, found: Spans) -> None:
        """Count one document."""
        self.right.update(label for _, _, label in annotated & found)
        self.found.update(label for _, _, label in found)
        self.annotated.update(label for _, _, label in annotated)

    def f1(self, labels: Iterable[str]) -> float:
        """Micro-averaged F1 over some labels."""
        right, both = 0, 0
        for label in labels:
            right += self.right[label]
            both += self.found[label] + self.annotated[label]
        return 2 * right / both if both else 0.0


def annotated_spans(passage: Passage) -> Spans:
    """The marks of a passage with offsets into title, gap and text as one."""
    shift = len(passage.title) + len(blocks.TITLE_GAP) if passage.title else 0
    return set(passage.title_spans) | {(start + shift, end + shift, label) for start, end, label in passage.spans}


def spans_of(doc: Doc) -> Spans:
    """The entities of a `Doc` as offsets and labels."""
    return {(e.start_char, e.end_char, e.label_) for e in doc.ents}


def measure(passages: list[Passage]) -> dict[str, Counts]:
    """The counts of each source over the passages."""
    language = build()
    model = language.get_pipe("ner")
    counts = {source: Counts() for source in SOURCES}
    for passage in passages:
        annotated = annotated_spans(passage)
        doc = model(blocks.make_doc(language, Text(text=passage.text, title=passage.title, publisher=passage.publisher)))
        raw = doc.ents
        counts["model"].add(annotated, spans_of(doc))
        counts["arbitrated"].add(annotated, spans_of(entities.recognise(doc, own_ner=True)))
        doc.ents = ()
        counts["rules"].add(annotated, spans_of(entities.recognise(doc, own_ner=True)))
        doc.ents = raw
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", action="store_true", help="measure on nlp/training/documents instead of the held-back passages")
    args = parser.parse_args()
    warnings.filterwarnings("ignore", message=r"\[W095\]")
    if args.documents:
        passages = list(load_passages(TEXTS.parent / "documents"))
    else:
        passages = [p for p in load_passages() if is_held_back(p)]
    counts = measure(passages)
    print(f"{len(passages)} texts; span F1 per label")
    print(f"{'label':12} {'spans':>6} " + " ".join(f"{source:>10}" for source in SOURCES))
    for label in ENTITY_LABELS:
        figures = " ".join(f"{counts[source].f1([label]):10.3f}" for source in SOURCES)
        print(f"{label:12} {counts['model'].annotated[label]:6} {figures}")
    print(f"{'all':12} {sum(counts['model'].annotated.values()):6} " + " ".join(f"{counts[s].f1(ENTITY_LABELS):10.3f}" for s in SOURCES))


if __name__ == "__main__":
    main()

"""Train the project's own named-entity recogniser on the annotated passages: `python -m nlp.training.train_ner`.

A fresh `ner` with the labels of RECORDS.md starts from md's own word representation (its tok2vec is copied and trained on), sees
each passage as written and with swapped names, and plain sentences labelled by the pipeline as it stands, so that it does not
forget general news (MEASUREMENTS.md: forgetting falls from 0.22 to 0.10). The learning rate falls in a straight line to a twentieth
(held-back F1 0.863 with one seed, where a steady rate reached 0.860 with the better of two). Two seeds or more, each in a process of
its own; the best on the held-back fifth is kept. Writes `nlp/models/ner/` and `nlp/models/ner.json` (hash of corpus and configuration,
scores). `--curve` adds to the latter what a quarter and a half of the passages reach.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from spacy.lang.en import English
from spacy.language import Language
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import compounding, fix_random_seed, minibatch

from nlp import lexicons
from nlp.pipeline import adapt_tokenizer, load_base
from nlp.products import use_products
from nlp.records import ENTITY_LABELS
from nlp.training.augment import Marked, inventory, variants, widen
from nlp.training.corpus import TEXTS, Passage, is_held_back, load_passages, read_marks

MODELS = Path(__file__).parent.parent / "models"
REHEARSAL = TEXTS / "rehearsal.txt"
HEADINGS = TEXTS / "headings.txt"
SENTENCES = TEXTS / "sentences.txt"
"""Marked lines: people by surname alone, beside firms, funds, bodies and places of that name, in lists and wire copy."""
GOVERNMENT = TEXTS / "government.txt"
"""Marked lines of domestic government prose: capitals that are no firm, beside firms in the same prose."""
MARKED_LINES = (HEADINGS, SENTENCES, GOVERNMENT)
CONFIGURATION: dict[str, Any] = {
    "epochs": 6,
    "copies": 3,
    "learn_rate": 0.001,
    "last_learn_rate": 0.00005,
    "dropout": 0.2,
    "batch": [4.0, 24.0, 1.001],
    "seeds": [1, 2],
    "version": 4,
}
CURVE = (0.25, 0.5)


def corpus_hash(configuration: dict[str, Any] = CONFIGURATION) -> str:
    """Hash of what is trained and tested on: the passages' marks, headings, single lines, rehearsal and the configuration.

    What the committed weights must carry. The passages' other layers are not read here and do not count.
    """
    digest = hashlib.blake2b(json.dumps(configuration, sort_keys=True).encode(), digest_size=8)
    for passage in load_passages():
        item = marked(passage)
        digest.update(json.dumps([passage.id, item.text, item.spans]).encode())
    for path in (REHEARSAL, *MARKED_LINES):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def marked(passage: Passage) -> Marked:
    """Title and text in one, as the pipeline reads them."""
    if not passage.title:
        return Marked(passage.text, passage.spans)
    shift = len(passage.title) + 2
    spans = passage.title_spans + tuple((a + shift, b + shift, label) for a, b, label in passage.spans)
    return Marked(f"{passage.title}\n\n{passage.text}", spans)


def example(language: Language, item: Marked) -> Example:
    """A training example; spans that cross token borders are left open."""
    doc = language.make_doc(item.text)
    reference = language.make_doc(item.text)
    spans = [reference.char_span(a, b, label=label, alignment_mode="contract") for a, b, label in item.spans]
    reference.set_ents([s for s in spans if s is not None], default="outside")
    return Example(doc, reference)


def rehearsal_examples(language: Language) -> list[Example]:
    """Plain sentences with the labels that model and rules give them now: what the new model must not forget."""
    from nlp.pipeline import load

    lines = [line.strip() for line in REHEARSAL.read_text(encoding="utf-8").splitlines() if line.strip()]
    teacher = load(own_ner=False)
    made = []
    for line in lines:
        doc = teacher.language.make_doc(line)
        for name in ("ner", "communique_entities"):
            doc = teacher.language.get_pipe(name)(doc)
        made.append(example(language, Marked(line, tuple((e.start_char, e.end_char, e.label_) for e in doc.ents))))
    return made


def fresh(base: Language) -> Language:
    """A pipeline with nothing but an untrained `ner` of our labels over md's vocabulary, tokenizer and word representation."""
    language = English(vocab=base.vocab)
    language.tokenizer = base.tokenizer
    adapt_tokenizer(language)
    config = dict(base.get_pipe_config("ner"))
    config.pop("factory")
    ner = language.add_pipe("ner", config=config)
    for label in ENTITY_LABELS:
        ner.add_label(label)  # type: ignore[attr-defined]
    probe = [Example.from_dict(language.make_doc("Seoul said"), {"entities": [(0, 5, "COUNTRY")]})]
    language.initialize(lambda: probe)
    ner.model.get_ref("tok2vec").from_bytes(base.get_pipe("ner").model.get_ref("tok2vec").to_bytes())  # type: ignore[attr-defined]
    return use_products(language)


def evaluate(language: Language, examples: Sequence[Example]) -> dict[str, float]:
    """F1 over all labels ("all") and per label on examples."""
    plain = (Doc(language.vocab, words=[t.text for t in e.x], spaces=[bool(t.whitespace_) for t in e.x]) for e in examples)
    result = get_ner_prf([Example(doc, e.reference) for doc, e in zip(language.pipe(plain), examples)])
    per_label = {label: round(figures["f"], 3) for label, figures in sorted((result["ents_per_type"] or {}).items())}
    return {"all": round(result["ents_f"] or 0.0, 4)} | per_label


def train(seed: int, passages: Sequence[Passage], configuration: dict[str, Any], base: Language) -> tuple[Language, dict[str, float]]:
    """One training run; returns the pipeline with the last weights and its scores on the held-back fifth."""
    fix_random_seed(seed)
    rng = random.Random(seed)
    language = fresh(base)
    kept = [marked(p) for p in passages if not is_held_back(p)]
    held = [example(language, marked(p)) for p in passages if is_held_back(p)]
    for path in MARKED_LINES:
        kept += [Marked(*read_marks(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    names = widen(
        inventory(kept),
        lexicons.load("firms")["names"],
        [*lexicons.load("given_names")["male"], *lexicons.load("given_names")["female"]],
        rng,
    )
    rehearsal = rehearsal_examples(language) if REHEARSAL.exists() else []
    optimizer = language.resume_training()
    first, last = configuration["learn_rate"], configuration["last_learn_rate"]
    begin, most, growth = configuration["batch"]
    epochs: int = configuration["epochs"]
    for epoch in range(epochs):
        examples = [example(language, v) for item in kept for v in variants(item, names, rng, configuration["copies"])] + rehearsal
        rng.shuffle(examples)
        losses: dict[str, float] = {}
        seen = 0
        for batch in minibatch(examples, size=compounding(begin, most, growth)):
            optimizer.learn_rate = first + (last - first) * (epoch + seen / len(examples)) / epochs
            language.update(batch, sgd=optimizer, drop=configuration["dropout"], losses=losses)
            seen += len(batch)
        print(f"seed {seed} epoch {epoch + 1}: loss {losses['ner']:.0f}", file=sys.stderr, flush=True)
    return language, evaluate(language, held)


def part(passages: Sequence[Passage], share: float) -> list[Passage]:
    """The held-back passages and a share of the others, chosen by hash."""
    return [p for p in passages if is_held_back(p) or int(hashlib.blake2b(p.id.encode(), digest_size=4).hexdigest(), 16) / 2**32 < share]


def run(seed: int, share: float = 1.0) -> tuple[dict[str, float], bytes, int]:
    """Train on a share of the passages: scores, weights, and the number of passages trained on."""
    chosen = part(load_passages(), share)
    language, scores = train(seed, chosen, CONFIGURATION, load_base())
    weights: bytes = language.get_pipe("ner").to_bytes(exclude=["vocab"])  # type: ignore[attr-defined]
    return scores, weights, sum(not is_held_back(p) for p in chosen)


def main() -> None:
    """Train each seed, keep the best; with `--curve` measure parts of the corpus instead."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curve", action="store_true", help="measure a quarter and a half of the passages, for the model card")
    parser.add_argument("--seeds", type=int, nargs="*", default=CONFIGURATION["seeds"])
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    path = MODELS / "ner.json"
    # Fresh processes: what spaCy keeps between two trainings in one process shows in the bytes of the second.
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        if args.curve:
            card = json.loads(path.read_text(encoding="utf-8"))
            points = list(pool.map(run, [args.seeds[0]] * len(CURVE), CURVE))
            curve = [{"share": s, "passages": n, "held_back": scores["all"]} for s, (scores, _, n) in zip(CURVE, points)]
            whole = {"share": 1, "passages": card["trained_on"], "held_back": card["by_seed"][str(args.seeds[0])]}
            path.write_text(json.dumps(card | {"curve": [*curve, whole]}, indent=1) + "\n", encoding="utf-8")
            return
        runs = list(pool.map(run, args.seeds))
    best = max(range(len(runs)), key=lambda i: runs[i][0]["all"])
    scores, weights, trained_on = runs[best]
    language = fresh(load_base())
    ner: Any = language.get_pipe("ner")
    ner.from_bytes(weights, exclude=["vocab"])
    folder = MODELS / "ner"
    shutil.rmtree(folder, ignore_errors=True)
    ner.to_disk(folder, exclude=["vocab"])
    card = {
        "corpus": corpus_hash(),
        "configuration": CONFIGURATION,
        "seed": args.seeds[best],
        "by_seed": {str(seed): found["all"] for seed, (found, _, _) in zip(args.seeds, runs)},
        "held_back": scores,
        "trained_on": trained_on,
    }
    path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card, indent=1))


if __name__ == "__main__":
    main()

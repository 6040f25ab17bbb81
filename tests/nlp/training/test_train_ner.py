"""The committed recogniser belongs to the committed corpus, and augmentation keeps spans on their words."""

from __future__ import annotations

import json
import random

from nlp.training.augment import Marked, inventory, rebuild, variants
from nlp.training.train_ner import MODELS, corpus_hash

MARKED = Marked("Ana Lima of Orinoco Steel met Lima on Monday.", ((0, 8, "PERSON"), (12, 25, "FIRM"), (30, 34, "PERSON"), (38, 44, "DATE")))


def test_the_weights_carry_the_hash_of_corpus_and_configuration() -> None:
    """Where this fails the corpus was changed: run `python -m nlp.training.train_ner` and commit the weights."""
    card = json.loads((MODELS / "ner.json").read_text(encoding="utf-8"))
    assert card["corpus"] == corpus_hash()
    assert card["held_back"]["all"] > 0.8


def test_the_weights_are_small() -> None:
    assert sum(path.stat().st_size for path in MODELS.rglob("*") if path.is_file()) < 30_000_000


def test_swapped_names_keep_their_spans() -> None:
    new = rebuild(MARKED, {1: "Atlas", 2: "Mora"})
    assert new.text == "Ana Lima of Atlas met Mora on Monday."
    assert [new.text[a:b] for a, b, _ in new.spans] == ["Ana Lima", "Atlas", "Mora", "Monday"]


def test_variants_are_the_same_for_a_seed_and_begin_with_the_original() -> None:
    names = inventory([MARKED]) | {"FIRM": ["Kestrel Mining", "Zephyr Air"], "PERSON": ["Ola Nord", "Lima"]}
    first, second = (variants(MARKED, names, random.Random(3), 20) for _ in range(2))
    assert first == second
    assert first[0] == MARKED
    assert all(a < b <= len(item.text) for item in first for a, b, _ in item.spans)

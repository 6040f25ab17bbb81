"""How well does the pipeline read financial sentences that others annotated? Deals, companies and money on FIRE's development part.

    python benchmarks/fire.py [--shared ../shared] [--errors N]

`deals/fire-dev.json` of the shared folder (FIRE, CC BY 4.0): sentences with entities and relations. Nothing here was tuned on it.
- deals: of the sentences with ActionBuy, ActionSell or ActionMerge the share with a row that has both ends of one of them in their
  roles; of the sentences without any Action the share with a row all the same;
- companies: F1 of the names labelled FIRM or FUND against Company; money: F1 of the MONEY spans against Money.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlp.pipeline import load
from nlp.records import Deal, Mention, Text
from nlp.training.matching import similar_name
from nlp.training.scoring import pair

DEALING = ("ActionBuy", "ActionSell", "ActionMerge")
_NO_SPACE_BEFORE = re.compile(r" (?=[,.;:%)\]]|['’]s\b|n't\b)")
_NO_SPACE_AFTER = re.compile(r"(?<=[(\[$€£]) ")


def plain(words: str) -> str:
    """Text as it is printed, from tokens joined by spaces."""
    return _NO_SPACE_AFTER.sub("", _NO_SPACE_BEFORE.sub("", words))


def tells(relation: dict[str, Any], entities: Sequence[dict[str, Any]], deals: Sequence[Deal]) -> bool:
    """Whether a row has both ends of a relation in their roles."""
    head, tail = (plain(entities[relation[end]]["text"]) for end in ("head", "tail"))
    for deal in deals:
        names = [*deal.buyers, *([deal.target] if deal.target else [])]
        if relation["type"] == "ActionMerge":
            found = any(similar_name(head, name) for name in names) and any(similar_name(tail, name) for name in names)
        else:
            side = deal.buyers if relation["type"] == "ActionBuy" else deal.sellers
            found = any(similar_name(head, name) for name in side) and similar_name(tail, deal.target)
        if found:
            return True
    return False


class Hits:
    """Counts of what was right, found and annotated, and their F1."""

    def __init__(self) -> None:
        self.right = self.found = self.annotated = 0

    def add(self, annotated: Sequence[str], found: Sequence[str], same: Any) -> None:
        """Count the pairs of one sentence."""
        self.right += len(pair(annotated, found, same))
        self.found += len(found)
        self.annotated += len(annotated)

    def __str__(self) -> str:
        f1 = 2 * self.right / max(1, self.found + self.annotated)
        return f"F1 {f1:.3f}  precision {self.right / max(1, self.found):.3f}  recall {self.right / max(1, self.annotated):.3f}"


def main() -> None:
    """Read the sentences and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder of the shared data")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="also print N sentences of each kind of mistake")
    options = parser.parse_args()
    path = options.shared / "data" / "deals" / "fire-dev.json"
    if not path.is_file():
        parser.error(f"{path} is not there: name the shared folder with --shared")
    sentences = json.loads(path.read_text(encoding="utf-8"))
    texts = [plain(" ".join(sentence["tokens"])) for sentence in sentences]
    companies, money = Hits(), Hits()
    dealing = told = quiet = false = 0
    missed: list[str] = []
    wrong: list[str] = []
    for sentence, text, extraction in zip(sentences, texts, load().extract(Text(text=text) for text in texts)):
        entities = sentence["entities"]
        deals = [row for row in extraction.of("deals") if isinstance(row, Deal)]
        mentions = [row for row in extraction.of("mentions") if isinstance(row, Mention)]
        relations = [relation for relation in sentence["relations"] if relation["type"] in DEALING]
        if relations:
            dealing += 1
            right = any(tells(relation, entities, deals) for relation in relations)
            told += right
            if not right:
                missed.append(text)
        if all(entity["type"] != "Action" for entity in entities):
            quiet += 1
            false += bool(deals)
            if deals:
                wrong.append(text)
        for kind, labels, hits in (("Company", ("FIRM", "FUND"), companies), ("Money", ("MONEY",), money)):
            annotated = [plain(entity["text"]) for entity in entities if entity["type"] == kind]
            same = similar_name if kind == "Company" else _same_span
            hits.add(annotated, [row.text for row in mentions if row.label in labels], same)
    print(f"deals      right in {told} of {dealing} sentences that tell one ({told / dealing:.3f})")
    print(f"           false in {false} of {quiet} sentences without any action ({false / quiet:.3f})")
    print(f"companies  {companies}")
    print(f"money      {money}")
    for name, kept in (("missed", missed), ("false", wrong)):
        for text in kept[: options.errors]:
            print(f"[{name}] {text}")


def _same_span(one: str, other: str) -> bool:
    return re.sub(r"\s", "", one) == re.sub(r"\s", "", other)


if __name__ == "__main__":
    main()

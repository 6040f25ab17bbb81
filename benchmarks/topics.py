"""How right is each topic on the annotated documents? Writes `benchmarks/topics.json`, which `docs/topics.md` shows.

    python benchmarks/topics.py --shared ../shared

`communique run` on the shared `data/raw` into a folder of its own, scored topic by topic on `gold-tune.jsonl`. Afterwards
`python -m nlp.training.topics_page > docs/topics.md` renews the page.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
FIGURES = HERE / "topics.json"


def count_topics(annotated: Mapping[str, set[str]], found: Mapping[str, set[str]], codes: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """For each topic how many documents carry it and the F1 of finding it; both arguments map a document to its topics."""
    gold: Counter[str] = Counter()
    told: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for source, topics in annotated.items():
        gold.update(topics)
        told.update(found.get(source, set()))
        right.update(topics & found.get(source, set()))
    figures = {}
    for code in codes:
        both = gold[code] + told[code]
        figures[code] = {"documents": gold[code], "f1": round(2 * right[code] / both, 2) if both else 0.0}
    return figures


def main() -> None:
    """Run, score and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/raw and evaluation/")
    shared = parser.parse_args().shared
    gold_file, raw = shared / "evaluation" / "gold-tune.jsonl", shared / "data" / "raw"
    if not gold_file.is_file() or not raw.is_dir():
        sys.exit(f"{shared}: has no evaluation/gold-tune.jsonl or no data/raw: name the folder that holds both")
    sys.path.insert(0, str(HERE))
    from accuracy import tables

    from nlp.topic_terms import term_list

    snapshot = tables(raw, "topics").current()
    sources = {row["doc_id"]: row["source"] for row in snapshot.read("documents").to_pylist()}
    by_source: dict[str, set[str]] = {}
    for row in snapshot.read("topics").to_pylist():
        by_source.setdefault(sources[row["doc_id"]], set()).add(row["topic"])
    annotated, found = {}, {}
    for line in gold_file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        source = str(entry["source"])
        annotated[source] = set(entry.get("topics") or ())
        found[source] = next((t for s, t in by_source.items() if s == source or s.endswith("/" + source)), set())
    figures = {"documents": len(annotated), "topics": count_topics(annotated, found, term_list().codes)}
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"{len(annotated)} documents: wrote {FIGURES.name}")


if __name__ == "__main__":
    main()

"""How right are the tables? F1 per record type on annotated documents, against what was reached before.

    python benchmarks/accuracy.py [--shared ../shared] [--check] [--errors N] [--record]

With the shared folder: `communique run` on its `data/raw` into a folder of its own, scored on `gold-tune.jsonl` (`--check`: also on
`gold-check.jsonl`, figures only). Without it: on the project's own held-back passages. Exits with 1 where a measure lost more than
max(2 records, 3 %) of its hits or 0.03 of precision on tune, or stands more than 0.10 below the recorded F1 on check.
`--record` writes the figures to `benchmarks/accuracy.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from flows.evaluate import evaluate, read_gold
from flows.tables.store import Store
from nlp.training.scoring import Measure

HERE = Path(__file__).parent
BUILD = HERE.parent / "build" / "accuracy"
RECORDED = HERE / "accuracy.json"

MOST_LOST_HITS = 2
MOST_LOST_SHARE = 0.03
MOST_LOST_PRECISION = 0.03
MOST_LOST_CHECK_F1 = 0.10


def tables(raw: Path, name: str) -> Store:
    """Fresh tables of a raw folder, made by the command that users run."""
    processed = BUILD / name
    shutil.rmtree(processed, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("communique")), "run", str(raw), "--processed", str(processed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"communique run {raw} failed:\n{done.stdout}\n{done.stderr}")
    return Store(processed)


def own_gold() -> tuple[Path, Path]:
    """The held-back passages as a raw JSON Lines file and as gold."""
    from nlp.training.corpus import is_held_back, load_passages, to_gold

    raw = BUILD / "passages-raw"
    raw.mkdir(parents=True, exist_ok=True)
    documents, gold = [], []
    for passage in (p for p in load_passages() if is_held_back(p)):
        documents.append(
            {"id": passage.id, "title": passage.title, "date": passage.date, "publisher": passage.publisher, "text": passage.text}
        )
        gold.append({**to_gold(passage), "source": f"passages.jsonl#{passage.id}"})
    for path, rows in ((raw / "passages.jsonl", documents), (BUILD / "passages-gold.jsonl", gold)):
        path.write_text("".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows), encoding="utf-8")
    return raw, BUILD / "passages-gold.jsonl"


def show(title: str, measures: list[Measure], errors: int = 0) -> None:
    """Print one line per measure, and some of its errors."""
    print(f"\n{title}\n{'measure':48} {'F1':>6} {'95 %':>13} {'prec':>6} {'rec':>6} {'gold':>5} {'pred':>5}")
    for measure in measures:
        f = measure.figures()
        low, high = f["interval"]
        figures = f"{f['f1']:6.3f} {low:6.3f}–{high:.3f} {f['precision']:6.3f} {f['recall']:6.3f} {f['gold']:5} {f['predicted']:5}"
        print(f"{measure.name:48} {figures}")
    for measure in measures if errors else ():
        for label, items in (("missed", measure.missed), ("false", measure.false)):
            for source, item in items[:errors]:
                print(f"[{measure.name}] {label} {source}: {json.dumps(item, ensure_ascii=False, default=str)[:300]}")


def losses(part: str, measures: list[Measure], recorded: dict[str, dict[str, float]]) -> list[str]:
    """What got worse than allowed against the recorded figures, one line each."""
    lost = []
    for measure in measures:
        before = recorded.get(measure.name)
        if before is None:
            continue
        hits = measure.totals[0]
        f = measure.figures()
        allowed = max(MOST_LOST_HITS, MOST_LOST_SHARE * before["hits"])
        if part == "tune" and before["hits"] - hits > allowed:
            lost.append(f"{part}: {measure.name}: {hits} right, were {before['hits']:.0f}")
        if part == "tune" and before["precision"] - f["precision"] > MOST_LOST_PRECISION:
            lost.append(f"{part}: {measure.name}: precision {f['precision']:.3f}, was {before['precision']:.3f}")
        if part == "check" and before["f1"] - f["f1"] > MOST_LOST_CHECK_F1:
            lost.append(f"{part}: {measure.name}: F1 {f['f1']:.3f}, was {before['f1']:.3f}")
    return lost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    if not (args.shared / "evaluation" / "gold-tune.jsonl").exists():
        if os.environ.get("CI") == "true":
            sys.exit(f"accuracy: {args.shared}/evaluation/gold-tune.jsonl is missing: lay the shared folder beside the checkout")
        raw, gold = own_gold()
        print(f"{args.shared} is not there: scoring the project's own held-back passages instead")
        show("held-back passages", evaluate(_snapshot(tables(raw, "passages")), read_gold(gold)), args.errors)
        return
    snapshot = _snapshot(tables(args.shared / "data" / "raw", "shared"))
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    lost: list[str] = []
    for part in ["tune", "check"] if args.check or args.record else ["tune"]:
        measures = evaluate(snapshot, read_gold(args.shared / "evaluation" / f"gold-{part}.jsonl"))
        show(f"gold-{part}", measures, args.errors if part == "tune" else 0)
        lost += losses(part, measures, recorded.get(part, {}))
        if args.record:
            recorded[part] = {
                m.name: {"hits": m.totals[0], "precision": round(m.figures()["precision"], 4), "f1": round(m.figures()["f1"], 4)}
                for m in measures
            }
    if args.record:
        RECORDED.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
        return
    if lost:
        sys.exit("accuracy was lost:\n" + "\n".join(lost))
    print("\nno measure lost accuracy against benchmarks/accuracy.json" if recorded else "\nnothing recorded yet: run with --record")


def _snapshot(store: Store):  # type: ignore[no-untyped-def]
    snapshot = store.current()
    if snapshot is None:
        sys.exit(f"no tables were published in {store.path}")
    return snapshot


if __name__ == "__main__":
    main()

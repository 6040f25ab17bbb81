"""What a person sees who runs and asks: the tables once made, every command, and one line for every mistake."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_extractor
import pyarrow.dataset as ds
import pytest

from flows.cli import main
from nlp.records import SCHEMA_VERSION

CORPUS = Path(__file__).parent / "corpus"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def communique(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process; exit code, output, errors."""
    monkeypatch.setenv("COMMUNIQUE_EXTRACTOR", fake_extractor.NAME)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["communique", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, prefect_harness: None) -> Iterator[Path]:
    """The tables of the corpus, made by the flow."""
    from flows.pipeline import pipeline

    folder = tmp_path_factory.mktemp("cli")
    shutil.copytree(CORPUS, folder / "news")
    pipeline(str(folder / "news"), str(folder / "p"), extractor=fake_extractor.NAME, model=fake_extractor.MODEL, workers=0)
    yield folder / "p"


def test_run_tells_what_it_did_and_a_second_time_that_there_is_nothing_to_do(tmp_path: Path, communique: Run, prefect_harness: None):
    shutil.copytree(CORPUS, tmp_path / "news")
    code, out, _ = communique("run", tmp_path / "news", "--processed", tmp_path / "p", "--workers", 0)
    assert code == 0
    assert "8 raw files: 8 new documents" not in out
    assert "7 raw files: 8 new documents, 0 changed, 0 unchanged, 1 rejected" in out
    assert "1 duplicate of documents taken in before" in out
    assert "1 document not in English" in out
    assert re.search(r"extracted 6 documents \(\d+ words, \d+ records\) in [\d.]+ s: [\d,]+ words a second", out)
    assert "Aiko Tanabe" in out and "JP" in out
    code, out, _ = communique("run", tmp_path / "news", "--processed", tmp_path / "p", "--workers", 0)
    assert "extracted 0 documents: nothing new to extract" in out


def test_query_prints_a_table(tables: Path, communique: Run):
    code, out, err = communique("query", "SELECT name, mention_count FROM firms ORDER BY name LIMIT 2", "--processed", tables)
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()] == [["name", "mention_count"], ["Gannet", "Corp", "1"], ["Grit", "Corp", "1"]]


def test_query_says_when_rows_are_left_out(tables: Path, communique: Run):
    _, out, _ = communique("query", "FROM range(101)", "--processed", tables)
    assert "the first 100 rows" in out


def test_query_gives_csv_json_and_parquet(tables: Path, communique: Run, tmp_path: Path):
    sql = "SELECT person, portfolios FROM officials ORDER BY ALL"
    assert communique("query", sql, "--csv", "--processed", tables)[1].splitlines()[:2] == ["person,portfolios", "Aiko Tanabe,[]"]
    assert json.loads(communique("query", sql, "--json", "--processed", tables)[1])[0] == {"person": "Aiko Tanabe", "portfolios": []}
    code, out, err = communique("query", sql, "--parquet", tmp_path / "o.parquet", "--processed", tables)
    assert (code, out, err) == (0, "", f"2 rows written to {tmp_path / 'o.parquet'}\n")
    assert ds.dataset(tmp_path / "o.parquet").count_rows() == 2


def test_doc_shows_a_document_with_what_was_read_from_it(tables: Path, communique: Run):
    code, out, _ = communique("doc", "b-grant.txt", "--processed", tables)
    assert code == 0
    assert out.startswith("Schools on the coast to be rebuilt\n")
    assert "person: Goro Hayashida · office: Minister · role: minister · jurisdiction: JP" in out
    assert re.search(r"Minister Goro Hayashida  \[\d+–\d+, confidence 0\.50\]", out)
    found = json.loads(communique("doc", "a-talks", "--json", "--processed", tables)[1])
    assert found["document"]["source"] == "a-talks.md"
    assert [deal["target"] for deal in found["records"]["deals"]] == ["schools"]


def test_status_and_path(tables: Path, communique: Run):
    _, out, _ = communique("status", "--processed", tables)
    assert "documents   8: 1 duplicate, 6 ok, 1 unsupported_language" in out
    assert "rejects     1, 1 empty" in out
    assert "extraction  0 waiting, 0 failed, 0 read by another version than fake-1" in out
    assert re.search(r"^ +6 by fake-1 \(this one\), last .+ ago$", out, re.M)
    assert re.search(r"^last runs +.+ ago: 8 documents taken in, 6 read; too few to check$", out, re.M)
    assert re.search(r"^disk +this snapshot \d+ kB; \d+ kB in .+; .+ free$", out, re.M)
    assert len(out.splitlines()) <= 24  # one screen
    _, out, _ = communique("path", "firms", "--processed", tables)
    assert ds.dataset(out.strip(), format="parquet").count_rows() == 6
    assert "current" not in out


def test_evaluate_scores_annotations(tables: Path, communique: Run, tmp_path: Path):
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"source": "b-grant.txt", "genre": "news", "published": None, "topics": ["education"]}) + "\n")
    code, out, _ = communique("evaluate", gold, "--errors", 1, "--processed", tables)
    assert code == 0
    assert re.search(r"^documents +1\.000  1\.000–1\.000  1\.000  1\.000     1     1$", out, re.M)
    assert '[topics] missed b-grant.txt: "education"' in out
    assert json.loads(communique("evaluate", gold, "--json", "--processed", tables)[1])["documents"]["f1"] == 1.0


def test_settings_are_explained(communique: Run):
    _, out, _ = communique("settings")
    assert re.search(r"^COMMUNIQUE_EXTRACTOR = fake_extractor   \(environment\)\n    \w", out, re.M)
    assert re.search(r"^COMMUNIQUE_BATCH_SIZE = 200   \(default\)$", out, re.M)


def test_help_teaches(communique: Run):
    for command in ("run", "query", "doc", "path", "evaluate", "settings", "forget", "verify", "repair", "upgrade"):
        code, out, _ = communique(command, "--help")
        assert code == 0
        assert "  communique " in out or "$(communique" in out or "communique settings" in out, command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "nowhere"), "there is no folder or file nowhere: name the one that holds your documents"),
        (("run", CORPUS, "--processed", __file__), f"{__file__} is a file"),
        (("run", CORPUS, "--batch-size", 0), "COMMUNIQUE_BATCH_SIZE=0: Input should be greater than or equal to 1"),
        (
            ("query", "SELECT 1", "--processed", "nowhere"),
            f"there are no tables in {Path('nowhere').absolute()}: `communique run` makes them",
        ),
        (("query", "SELECT x FROM firms"), 'Binder Error: Referenced column "x" not found in FROM clause!'),
        (("query", "DROP VIEW firms"), "only SELECT is allowed, and this is DROP: the tables are written by `communique run` alone"),
        (("query", "SELECT 1", "--csv", "--json"), "choose one of --csv, --json and --parquet"),
        (("query", "SELECT 1", "--parquet", "nowhere/a.parquet"), "there is no folder"),
        (("query", "SELECT * FROM deals WHERE published_on > DATE '2023-31-01'"), "Conversion Error"),
        (("doc", "nothing\x1b[2J"), "no document has the id or source 'nothing[2J'"),
        (("doc", "briefing"), "'briefing' fits 2 documents: f-briefing-march-3.txt, f-briefing-march-4.txt"),
        (("path", "deal"), "there is no table 'deal'; the tables are documents, officials"),
        (("evaluate", "nowhere.jsonl"), "cannot read nowhere.jsonl: No such file or directory"),
    ],
)
def test_a_mistake_costs_one_line_and_exit_code_2(tables: Path, communique: Run, arguments: tuple[object, ...], message: str):
    if "--processed" not in arguments:
        arguments = (*arguments, "--processed", tables)
    code, out, err = communique(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith(f"communique: {message}")
    assert err.count("\n") == 1 and "\x1b" not in err


def test_a_model_that_is_not_installed_is_told_before_anything_is_read(tmp_path: Path, communique: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("COMMUNIQUE_EXTRACTOR")
    code, _, err = communique("run", CORPUS, "--processed", tmp_path / "p", "--model", "no_such_model")
    assert code == 2
    assert err == "communique: the spaCy pipeline 'no_such_model' is not installed: install its package or name another by --model\n"
    assert not (tmp_path / "p").exists()


def test_a_second_run_at_the_same_time_is_told_so(tables: Path, communique: Run, monkeypatch: pytest.MonkeyPatch):
    from filelock import FileLock

    monkeypatch.setenv("COMMUNIQUE_LOCK_SECONDS", "0")
    with FileLock(tables / ".run.lock", is_singleton=False):
        code, _, err = communique("run", CORPUS, "--processed", tables)
    assert code == 1
    assert err.startswith("communique: another run is at work on")


def test_a_reader_that_has_seen_enough_ends_the_output(tables: Path):
    """`communique … | head -1`"""
    command = [sys.executable, "-m", "flows.cli", "query", "FROM range(200000)", "--csv", "--processed", str(tables)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"range\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) in (0, 1)


def test_questions_load_neither_prefect_nor_spacy(tables: Path):
    code = (
        "import sys; from flows.cli import main; sys.argv = ['communique', 'query', 'SELECT 1', '--processed', sys.argv[1]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'prefect', 'spacy', 'sklearn', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tables)], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_tables_of_an_older_schema_are_refused_by_every_command_until_they_are_upgraded(tmp_path: Path, communique: Run):
    import tarfile

    with tarfile.open(Path(__file__).parent / "tables" / "schema-1.0.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    tables = tmp_path / "processed"
    for command in (("run", CORPUS), ("query", "SELECT 1"), ("doc", "a"), ("status",), ("path",)):
        code, out, err = communique(*command, "--processed", tables)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "was written with schema 1.0" in err and "`communique upgrade` migrates it in one commit" in err
    code, out, err = communique("upgrade", "--processed", tables)
    assert (code, err) == (0, "")
    assert out.startswith(f"upgrade from schema 1.0 to {SCHEMA_VERSION}: snapshot ")
    assert communique("upgrade", "--processed", tables)[1] == f"nothing to do: the schema is {SCHEMA_VERSION}\n"
    assert communique("query", "SELECT count(*) AS n FROM documents", "--csv", "--processed", tables)[1] == "n\n8\n"


def test_verify_finds_what_is_broken_and_repair_makes_it_whole(tmp_path: Path, communique: Run, prefect_harness: None):
    raw = shutil.copytree(CORPUS, tmp_path / "news")
    where = ("--raw", raw, "--processed", tmp_path / "p")
    communique("run", raw, "--processed", tmp_path / "p", "--workers", 0)
    code, out, err = communique("verify", *where)
    assert (code, err) == (0, "")
    assert "rows of 8 documents" in out and "whole: every file, key, offset and raw input was checked" in out
    damaged = next((tmp_path / "p" / "current" / "firms").rglob("*.parquet")).resolve()
    damaged.unlink()
    code, out, err = communique("verify", *where)
    assert (code, err) == (1, "")
    assert f"broken   firms/{damaged.parent.name}/{damaged.name}: it is missing" in out
    assert "`communique repair` makes again what is broken" in out
    code, out, err = communique("repair", *where)
    assert code == 0
    assert f"mended   firms/{damaged.parent.name}/{damaged.name}: it is missing" in out
    assert "whole: every file, key, offset and raw input was checked" in out
    assert communique("repair", *where)[1] == "nothing is broken\n"

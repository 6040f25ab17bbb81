"""What a person sees who makes old rows new, compares states of the tables and returns to one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import component_extractor
import pytest
from test_reprocess import column, current, fresh

from flows.cli import main
from flows.tables.store import Store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def communique(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process; exit code, output, errors."""
    monkeypatch.setenv("COMMUNIQUE_EXTRACTOR", component_extractor.NAME)
    monkeypatch.setenv("COMMUNIQUE_MODEL", component_extractor.MODEL)
    monkeypatch.setenv("COMMUNIQUE_WORKERS", "0")
    monkeypatch.setenv(component_extractor.VERSIONS, "{}")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["communique", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def store(tmp_path: Path, communique: Run) -> Store:
    return fresh(tmp_path / "p")


def test_a_shadow_version_is_made_compared_and_promoted(
    store: Store, communique: Run, prefect_harness: None, monkeypatch: pytest.MonkeyPatch
):
    there = ("--processed", store.path)
    number = current(store).id.split("-")[0].lstrip("0")
    monkeypatch.setenv(component_extractor.VERSIONS, json.dumps({"numbers": "2"}))
    code, out, _ = communique("reprocess", "--into", "new-rules", *there)
    assert (code, "12 of 12 old documents made new, 48 rows in the shadow version new-rules: see `communique diff new-rules`" in out) == (
        0,
        True,
    )
    assert column(store, "amounts", "amount_min") == {n * 1e6 for n in range(1, 13)}

    code, out, _ = communique("diff", *there, "--samples", 1)
    assert code == 0
    assert out.startswith("amounts: 12 came, 12 went, 0 changed\n  + {")
    code, out, _ = communique("diff", "new-rules", *there, "--json")
    assert [(one["table"], one["came"], len(one["went_rows"])) for one in json.loads(out)] == [("amounts", 12, 3)]

    code, out, _ = communique("promote", "new-rules", *there)
    assert (code, out.startswith("new-rules is current now: snapshot 0")) == (0, True)
    assert column(store, "amounts", "amount_min") == {n * 1e3 for n in range(1, 13)}
    assert communique("reprocess", *there)[1].splitlines()[-1] == "nothing is old"

    code, out, _ = communique("snapshots", *there)
    assert (code, out.splitlines()[0].endswith("promote new-rules  <- current")) == (0, True)
    code, out, _ = communique("snapshots", "--compare", number, *there)
    assert out.startswith("amounts: 12 came, 12 went, 0 changed")
    code, out, _ = communique("snapshots", "--use", number, *there)
    assert code == 0
    assert column(store, "amounts", "amount_min") == {n * 1e6 for n in range(1, 13)}
    assert communique("snapshots", "--compare", number, *there)[1].endswith("hold the same rows\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("reprocess", "--since", "May"), "--since 'May' is no day: write it as 2023-01-31"),
        (("promote", "nothing"), "there is no shadow version 'nothing'"),
        (("diff", "nothing"), "there is no shadow version 'nothing'"),
        (("snapshots", "--use", "999"), "no snapshot begins with '999': `communique snapshots` lists them"),
        (("snapshots", "--use", "1", "--compare", "1"), "choose one of --compare and --use"),
        (("promote", "a/b"), "'a/b' cannot name a shadow version"),
    ],
)
def test_a_mistake_costs_one_line(store: Store, communique: Run, arguments: tuple[object, ...], message: str):
    code, out, err = communique(*arguments, "--processed", store.path)
    assert (code, out) == (2, "")
    assert err.startswith(f"communique: {message}")
    assert err.count("\n") == 1


def test_there_must_be_tables(tmp_path: Path, communique: Run):
    for command in (("reprocess",), ("diff",), ("snapshots",)):
        code, _, err = communique(*command, "--processed", tmp_path / "nothing")
        assert (code, "there are no tables in" in err) == (2, True)

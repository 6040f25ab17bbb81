"""Commands that take care of the tables over the years: `forget`, `verify`, `repair`, `upgrade`.

Registered on the command line by `register`; imports wait for the command that needs them.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from flows import settings as configuration
from flows.terminal import plain

ROUNDS = 3  # a document that comes back may show what is wrong with another

Processed = Annotated[
    Path | None,
    typer.Option("--processed", metavar="DIR", help="Folder that holds `current`, the published tables. [default: data/processed]"),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(forget)
    app.command()(verify)
    app.command()(repair)
    app.command()(upgrade)


def forget(
    name: Annotated[str, typer.Argument(metavar="SOURCE|DOC_ID|URL|TITLE", help="What to forget; a file stands for all in it.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept, so name nobody in it.")] = "",
    purge: Annotated[bool, typer.Option("--purge", help="Remove the raw input, all older snapshots and shadow versions too.")] = False,
    copies: Annotated[bool, typer.Option("--copies", help="Forget the copies of the document too.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Let it come back: the next run reads it again, if it is still there.")] = False,
    raw: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder or file of documents. [default: data/raw]")] = None,
    processed: Processed = None,
) -> None:
    """Take a document out of all tables, for good: later runs do not take it in again, under whatever name.

    A tombstone is left in the table `forgotten`: hashes of what the document is known by, the reason and the time. Kept annotation of
    its text goes too. Raw files and older snapshots keep what they hold, unless --purge removes it: a file of its own is deleted, a
    line of JSON Lines is taken out, and where other documents stand in the same file of another kind nothing is done at all.

    \b
    communique forget minutes.pdf --reason "published by mistake"
    communique forget https://example.org/a --purge --reason "request of 3 May"
    communique forget wire.jsonl#0412-17 --copies --reason "retracted"
    """
    from flows.annotations import Annotations
    from flows.errors import InputError
    from flows.forgetting import Found, find, lift, tombstone_groups
    from flows.forgetting import forget as forget_found
    from flows.identity import collection_of
    from flows.opening import open_store, run_lock, tables_of
    from flows.purge import left_behind, plan_raw, purge_annotation
    from flows.readers import Limits
    from flows.shadows import shadow_names
    from flows.tombstones import Tombstones

    settings = configuration.load(raw=raw, processed=processed)
    if not undo and not reason.strip():
        raise InputError("say why with --reason: it is kept with the tombstone")
    store = open_store(settings)
    with ExitStack() as locks:
        for shadow in (None, *shadow_names(store)):  # a reprocessing into one may be reading what is to be forgotten
            locks.enter_context(run_lock(store, settings.lock_seconds, shadow=shadow))
        snapshot = tables_of(store)
        collections = {collection_of(settings.raw), *snapshot.read("inputs", ["collection"])["collection"].to_pylist()}
        if undo:
            typer.echo(f"{_count(lift(store, name, collections), 'document')} may come back: the next run reads what is still there")
            return
        limits = Limits(seconds=settings.reader_seconds, memory_mb=settings.reader_memory_mb)
        groups = tombstone_groups(Tombstones(snapshot), name, collections)
        if purge and groups:  # a purge that was interrupted, or comes after
            found = Found(places=left_behind(snapshot, settings.raw, groups, limits))
        else:
            found = find(snapshot, name, copies=copies)
        with ExitStack() as stack:
            plan = stack.enter_context(plan_raw(snapshot, settings.raw, found.places, limits)) if purge else None
            kept = Annotations(configuration.interim_folder(settings), settings.processed)
            purge_annotation(kept, found.documents)  # first: once the text is gone nobody knows which annotation was made of it
            done = forget_found(store, found, reason.strip(), also=plan.renamed if plan else ())
            typer.echo(f"forgotten: {_count(done.documents, 'document')} with {_count(done.rows, 'row')} of other tables")
            if done.copies:
                typer.echo(f"copies that stay and are judged anew: {done.copies} (--copies forgets them too)")
            if plan is None:
                return
            plan.carry_out()
            parts = [f"{_count(len(plan.deleted), 'raw file')} deleted", f"{len(plan.rewritten)} rewritten without it"]
            parts += [f"{len(plan.gone)} gone before"] * bool(plan.gone)
            older, shadows = store.drop_others()
            parts += [f"{_count(older, 'older snapshot')} removed"] + [f"{_count(shadows, 'shadow version')} dropped"] * bool(shadows)
            typer.echo(f"purged: {', '.join(parts)}")


def verify(
    raw: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder or file of documents. [default: data/raw]")] = None,
    processed: Processed = None,
) -> None:
    """Check everything that is published: files, checksums, keys, offsets, evidence, and that every raw input is accounted for.

    Nothing is changed, and a run may be at work meanwhile. Exit code 1 where something is broken.

    \b
    communique verify
    communique verify --processed out --raw articles
    """
    settings = configuration.load(raw=raw, processed=processed)
    from flows.integrity import examine
    from flows.opening import open_store, tables_of

    store = open_store(settings)
    report = examine(store, tables_of(store), settings.raw if settings.raw.exists() else None)
    for line in report.lines():
        typer.echo(plain(line))
    if report.broken:
        raise typer.Exit(1)


def repair(
    drop: Annotated[bool, typer.Option("--drop", help="Give up what cannot be made again, for its raw file is gone.")] = False,
    raw: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder or file of documents. [default: data/raw]")] = None,
    processed: Processed = None,
) -> None:
    """Make whole what `communique verify` finds broken: from older snapshots, from raw, and by extracting again.

    What is whole is published first, in one commit; then a run makes the rest. Rows that nothing can make again are not given up
    unless --drop says so.

    \b
    communique repair
    communique repair --processed out --raw articles
    """
    settings = configuration.load(raw=raw, processed=processed)
    from flows.integrity import examine
    from flows.opening import open_store, run_lock, tables_of
    from flows.progress import wants_bar
    from flows.repair import repair as repair_tables

    store = open_store(settings, in_any_state=True)
    folder = settings.raw if settings.raw.exists() else None
    with run_lock(store, settings.lock_seconds):
        for _ in range(ROUNDS):
            mended = repair_tables(store, folder, drop=drop)
            for line in mended:
                typer.echo(f"mended   {plain(line)}")
            if not mended:
                typer.echo("nothing is broken")
                return
            configuration.prepare_prefect(quiet=wants_bar(settings.progress))
            from flows.pipeline import extract, link, pipeline

            if folder:
                pipeline(str(settings.raw), str(settings.processed))
            else:
                extract(str(settings.processed))
                link(str(settings.processed))
            if not (left := examine(store, tables_of(store), folder)).broken:
                break
    for line in left.lines():
        typer.echo(plain(line))
    if left.broken:
        raise typer.Exit(1)


def upgrade(processed: Processed = None) -> None:
    """Migrate tables that an older version of communique wrote to this version's schema, in one commit.

    Until then every command refuses them in one line. Readers see the old tables until the commit and the new ones from then on; the
    snapshots of before are kept like any others.

    \b
    communique upgrade                             data/processed
    communique upgrade --processed out
    """
    settings = configuration.load(processed=processed)
    from flows.opening import open_store, run_lock
    from flows.tables.layout import SHADOW
    from nlp.records import SCHEMA_VERSION

    store = open_store(settings, in_any_state=True)
    with run_lock(store, settings.lock_seconds):
        snapshot = store.upgrade()
        for name in store.pointers():
            if name.startswith(SHADOW):
                store.shadow(name.removeprefix(SHADOW)).upgrade()
    typer.echo(f"{snapshot.message}: snapshot {snapshot.id}" if snapshot else f"nothing to do: the schema is {SCHEMA_VERSION}")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

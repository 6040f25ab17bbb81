"""Commands that take care of the tables over the years: `forget`, `upgrade`.

Registered on the command line by `register`; imports wait for the command that needs them.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from flows import settings as configuration

Processed = Annotated[
    Path | None,
    typer.Option("--processed", metavar="DIR", help="Folder that holds `current`, the published tables. [default: data/processed]"),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(forget)
    app.command()(upgrade)


def forget(
    name: Annotated[str, typer.Argument(metavar="SOURCE|DOC_ID|URL|TITLE", help="What to forget; a file stands for all in it.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept, so name nobody in it.")] = "",
    purge: Annotated[bool, typer.Option("--purge", help="Remove the raw input, kept annotation and older snapshots too.")] = False,
    copies: Annotated[bool, typer.Option("--copies", help="Forget the copies of the document too.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Let it come back: the next run reads it again, if it is still there.")] = False,
    raw: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder or file of documents. [default: data/raw]")] = None,
    processed: Processed = None,
) -> None:
    """Take a document out of all tables, for good: later runs do not take it in again, under whatever name.

    A tombstone is left in the table `forgotten`: hashes of what the document is known by, the reason and the time. Older snapshots keep
    the rows for as long as they are kept, unless --purge removes them.

    \b
    communique forget minutes.pdf --reason "published by mistake"
    communique forget https://example.org/a --purge --reason "request of 3 May"
    communique forget wire.jsonl#0412-17 --copies --reason "retracted"
    """
    from flows.errors import InputError
    from flows.forgetting import Found, find, lift, tombstone_groups
    from flows.forgetting import forget as forget_found
    from flows.identity import collection_of
    from flows.opening import open_store, run_lock, tables_of
    from flows.purge import left_behind, plan_raw
    from flows.readers import Limits
    from flows.tombstones import Tombstones

    settings = configuration.load(raw=raw, processed=processed)
    if not undo and not reason.strip():
        raise InputError("say why with --reason: it is kept with the tombstone")
    store = open_store(settings)
    with run_lock(store, settings.lock_seconds):
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
            done = forget_found(store, found, reason.strip(), also=plan.renamed if plan else ())
            typer.echo(f"forgotten: {_count(done.documents, 'document')} with {_count(done.rows, 'row')} of other tables")
            if done.copies:
                typer.echo(f"copies that stay and are judged anew: {done.copies} (--copies forgets them too)")
            if plan is None:
                return
            plan.carry_out()
            parts = [f"{_count(len(plan.deleted), 'raw file')} deleted", f"{len(plan.rewritten)} rewritten without it"]
            parts += [f"{len(plan.gone)} gone before"] * bool(plan.gone)
            typer.echo(f"purged: {', '.join(parts)}, {_count(store.drop_older(), 'older snapshot')} removed")


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
    from nlp.records import SCHEMA_VERSION

    store = open_store(settings, in_any_state=True)
    with run_lock(store, settings.lock_seconds):
        snapshot = store.upgrade()
    typer.echo(f"{snapshot.message}: snapshot {snapshot.id}" if snapshot else f"nothing to do: the schema is {SCHEMA_VERSION}")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

"""Commands that take care of the tables over the years: `upgrade`.

Registered on the command line by `register`; imports wait for the command that needs them.
"""

from __future__ import annotations

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
    app.command()(upgrade)


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

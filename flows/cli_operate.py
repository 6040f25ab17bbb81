"""The commands of `communique` for whoever keeps it running: `serve`, `automations`.

Imports wait for the command that needs them, as in `flows.cli`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from flows import settings as configuration
from flows.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(serve)
    app.command()(automations)


def serve(
    raw: Annotated[Path | None, typer.Argument(metavar="[RAW]", help="Folder of documents. [default: data/raw]")] = None,
    processed: Annotated[
        Path | None, typer.Option("--processed", metavar="DIR", help="Folder that holds `current`, the published tables.")
    ] = None,
    schedule: Annotated[str | None, typer.Option(metavar="CRON", help="When to run, UTC. [default: hourly]")] = None,
    port: Annotated[int | None, typer.Option(metavar="N", help="Port of the server on this machine. [default: 4200]")] = None,
) -> None:
    """Run on a schedule: a Prefect server and a worker on this machine, until Ctrl-C.

    The server listens on the loopback alone (its API has no password); its page shows runs, logs and artifacts. What prefect.yaml
    describes is deployed, runs whose process vanished are marked CRASHED, and a failed run or check can send a message
    (COMMUNIQUE_WEBHOOK, COMMUNIQUE_NOTIFY_BLOCK). docs/operating.md tells more, also of several workers and Postgres.

    \b
    communique serve                               data/raw into data/processed, hourly
    communique serve --schedule "*/10 * * * *"     every ten minutes
    """
    settings = configuration.load(raw=raw, processed=processed, schedule=schedule, server_port=port)
    from flows.serve import serve as run_server

    run_server(settings)


def automations() -> None:
    """Set up the automations on the Prefect server of PREFECT_API_URL: vanished runs are CRASHED, failures are told.

    `communique serve` does this by itself; here it is for a server of your own. Messages go to COMMUNIQUE_WEBHOOK and
    COMMUNIQUE_NOTIFY_BLOCK.

    \b
    PREFECT_API_URL=http://prefect.internal/api communique automations
    """
    settings = configuration.load()
    if not os.environ.get("PREFECT_API_URL"):
        raise InputError("PREFECT_API_URL is not set: name the Prefect server that the automations are for")
    configuration.prepare_prefect()
    from flows.automations import set_up

    for name in set_up(settings):
        typer.echo(name)

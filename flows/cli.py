"""The command `communique`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def run(
    raw: Annotated[Path | None, typer.Argument()] = None,
    processed: Annotated[Path | None, typer.Option()] = None,
    batch_size: Annotated[int | None, typer.Option()] = None,
    workers: Annotated[int | None, typer.Option()] = None,
    model: Annotated[str | None, typer.Option()] = None,
    retry_failed: Annotated[bool, typer.Option()] = False,
) -> None:
    """Raw documents to tables."""
    from flows import settings

    settings.prepare_prefect()
    from flows.pipeline import pipeline

    print(pipeline(str(raw) if raw else None, str(processed) if processed else None, batch_size, workers, model, None, retry_failed))


@app.command()
def path() -> None:
    """x"""


def main() -> None:
    app()


if __name__ == "__main__":
    main()

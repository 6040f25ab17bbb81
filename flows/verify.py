"""The flow that a nightly deployment runs: is everything that is published there and right?"""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from flows.errors import InputError
from flows.integrity import examine
from flows.opening import open_store, tables_of
from flows.settings import Settings, load
from flows.terminal import markdown


class BrokenTablesError(InputError):
    """Something that is published is damaged, missing or contradicts itself."""


@flow(name="verify", validate_parameters=False)
def verify(raw: str | None = None, processed: str | None = None) -> dict[str, Any]:
    """Check the newest tables, as `communique verify` does; what was found, as counts.

    Raises `BrokenTablesError` where something is broken, so that the run fails and its automations tell somebody.
    """
    given: dict[str, Any] = {"raw": raw, "processed": processed}
    settings = load(**{name: value for name, value in given.items() if name in Settings.model_fields})
    store = open_store(settings)
    report = examine(store, tables_of(store), settings.raw if settings.raw.exists() else None)
    logger = get_run_logger()
    for line in report.lines():
        (logger.error if line.startswith("broken") else logger.info)("%s", line)
    text = "\n".join(f"- {markdown(line)}" for line in report.lines())
    create_markdown_artifact(key="communique-verify", markdown=text, description=f"What is wrong in {store.path.name}")
    if report.broken:
        raise BrokenTablesError(
            f"{len(report.broken)} things are broken in {store.path}, e.g. {report.broken[0]}: `communique repair` makes them again"
        )
    return {"snapshot": report.snapshot.id, "broken": 0, "waiting": len(report.waiting)}

"""What does the Prefect server do by itself: mark runs whose process is gone, and tell somebody when a run or a check failed?

A run whose process was killed stays RUNNING for ever unless somebody notices that its heartbeats have stopped (the method:
https://docs.prefect.io/v3/advanced/detect-zombie-flows). Messages go to an address of `COMMUNIQUE_WEBHOOK`, or through a
notification block of Prefect (`COMMUNIQUE_NOTIFY_BLOCK`): mail, Slack and others, each with its own credentials.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.errors import SettingsError
from flows.pipeline import CHECK_FAILED
from flows.settings import HEARTBEAT_SECONDS, Settings

WEBHOOK_BLOCK = "communique-webhook"
_HEARTBEAT = "prefect.flow-run.heartbeat"
_GOOD_END = {f"prefect.flow-run.{state}" for state in ("Completed", "Cancelled")}
_BAD_END = {f"prefect.flow-run.{state}" for state in ("Failed", "Crashed", "TimedOut")}
_SUBJECT = "'communique: ' ~ event.event"
_SAID = "event.resource['prefect.state-message'] or event.payload.message"
_TEXT = f"event.event ~ ' at ' ~ event.occurred ~ ': ' ~ event.resource.name ~ ' ' ~ ({_SAID})"
_JSON = f'{{"subject": {{{{ ({_SUBJECT}) | tojson }}}}, "text": {{{{ ({_TEXT}) | tojson }}}}}}'  # a message may hold quotation marks


def zombies() -> AutomationCore:
    """A run that has sent a heartbeat and then, for three of its intervals, neither another nor its end, is CRASHED.

    A bad end is left to the messages alone. Where two triggers cover one event, and the second meets a locked SQLite database (it reads
    before it writes, so it does not wait), the server gives the event to both again, and drops it after the third time: messages
    were told twice, or never. What this one then tries on a run that has failed, the server refuses.
    """
    return AutomationCore(
        name="communique: mark vanished runs",
        description="A run whose heartbeats have stopped is CRASHED, so that the next one may start.",
        trigger=EventTrigger(
            after={_HEARTBEAT},
            expect={_HEARTBEAT, *_GOOD_END},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=dt.timedelta(seconds=3 * HEARTBEAT_SECONDS),
        ),
        actions=[
            ChangeFlowRunState(name=None, state=StateType.CRASHED, message="No heartbeat any more: its process is gone.", force=False)
        ],
    )


def messages(webhook: UUID | None, block: UUID | None) -> Iterator[AutomationCore]:
    """A message for each deployed run that failed, and for each check that failed; none where there is nowhere to send it."""
    actions: list[CallWebhook | SendNotification] = []
    if webhook:
        actions.append(CallWebhook(block_document_id=webhook, payload=_JSON))
    if block:
        actions.append(SendNotification(block_document_id=block, subject=f"{{{{ {_SUBJECT} }}}}", body=f"{{{{ {_TEXT} }}}}"))
    if not actions:
        return
    deployed = ResourceSpecification({"prefect.resource.role": "deployment", "prefect.resource.id": ["prefect.deployment.*"]})
    yield AutomationCore(
        name="communique: tell of failed runs",
        trigger=EventTrigger(
            expect=_BAD_END,
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=deployed,  # a flow inside a flow has none: its failure is told once, as that of the whole
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=dt.timedelta(0),
        ),
        actions=list(actions),
    )
    yield AutomationCore(
        name="communique: tell of failed checks",
        trigger=EventTrigger(
            expect={CHECK_FAILED},
            match=ResourceSpecification({"prefect.resource.id": ["communique.tables.*"]}),
            posture=Posture.Reactive,
            threshold=1,
            within=dt.timedelta(0),
        ),
        actions=list(actions),
    )


def set_up(settings: Settings) -> list[str]:
    """Create or bring up to date the automations that the settings ask for, and remove our others; their names.

    Raises `SettingsError` where the notification block is not there.
    """
    wanted = [zombies(), *messages(_webhook(settings), _notification_block(settings))]
    with get_client(sync_client=True) as client:
        for old in client.read_automations():
            if old.name.startswith("communique: "):
                client.delete_automation(old.id)
        for automation in wanted:
            client.create_automation(automation)
    return [automation.name for automation in wanted]


def _webhook(settings: Settings) -> UUID | None:
    if settings.webhook is None:
        return None
    from prefect.blocks.webhook import Webhook

    block: Any = Webhook(method="POST", url=settings.webhook, allow_private_urls=True)
    return UUID(str(block.save(WEBHOOK_BLOCK, overwrite=True)))


def _notification_block(settings: Settings) -> UUID | None:
    if settings.notify_block is None:
        return None
    kind, _, name = settings.notify_block.partition("/")
    with get_client(sync_client=True) as client:
        try:
            return client.read_block_document_by_name(name=name, block_type_slug=kind).id
        except Exception as error:
            raise SettingsError(
                f"COMMUNIQUE_NOTIFY_BLOCK={settings.notify_block}: the Prefect server has no such block; "
                "`prefect block create` makes one, and its name here is type/name"
            ) from error

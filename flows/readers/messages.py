"""How do a reader pool and its child process talk? Length-prefixed JSON: a captured child cannot make its parent run anything."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, BinaryIO

from flows.readers.model import Limits, RawDocument, RawReject

_LENGTH = struct.Struct("<Q")
_LONGEST = 1 << 31  # bytes of one message


def send(pipe: BinaryIO, message: dict[str, Any]) -> None:
    """Write one message and flush it. Raises BrokenPipeError when nobody reads."""
    data = json.dumps(message, ensure_ascii=True).encode("ascii")
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: BinaryIO) -> dict[str, Any] | None:
    """Read one message; None where the other side has closed, also in the middle of one."""
    prefix = pipe.read(_LENGTH.size)
    if len(prefix) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(prefix)
    if length > _LONGEST:
        return None
    data = pipe.read(length)
    if len(data) < length:
        return None
    message: dict[str, Any] = json.loads(data)
    return message


def to_message(item: RawDocument | RawReject) -> dict[str, Any]:
    """A document or reject as a message."""
    fields = {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(item).items()}
    return {"kind": "document" if isinstance(item, RawDocument) else "reject", **fields}


def from_message(message: dict[str, Any]) -> RawDocument | RawReject:
    """The document or reject of a message."""
    fields = {key: value for key, value in message.items() if key != "kind"}
    if message["kind"] == "reject":
        return RawReject(**fields)
    fields["authors"] = tuple(fields["authors"])
    fields["published_on"] = date.fromisoformat(fields["published_on"]) if fields["published_on"] else None
    fields["published_at"] = datetime.fromisoformat(fields["published_at"]) if fields["published_at"] else None
    return RawDocument(**fields)


def to_request(limits: Limits) -> dict[str, Any]:
    """Limits as the first message to a child."""
    return {**asdict(limits), "json_fields": dict(limits.json_fields)}


def from_request(message: dict[str, Any]) -> Limits:
    """The limits of that message."""
    fields = {key: value if isinstance(value, str) else tuple(value) for key, value in message["json_fields"].items()}
    return Limits(**{**message, "json_fields": fields})

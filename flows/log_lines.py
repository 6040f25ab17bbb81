"""How does a log line look to a log collector? One JSON object, with the message as people would read it."""

from __future__ import annotations

import datetime as dt
import json
import logging

_OF_PREFECT = ("flow_run_name", "flow_run_id", "task_run_name")


class JsonLines(logging.Formatter):
    """Time (ISO 8601, UTC), level, logger, message, the run of Prefect where there is one, and the traceback of an error."""

    def __init__(self, *formats: str | None) -> None:
        """Takes the format, date format and style that a logging configuration gives every formatter, and has no use for them."""
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: str(value) for name in _OF_PREFECT if (value := getattr(record, name, None))}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

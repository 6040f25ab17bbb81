"""Where does what lie below the processed folder, and how is a snapshot named?

    processed/
      current -> snapshots/<id>              the pointer: a relative link, so that the folder can be moved
      shadow-<name> -> snapshots/<id>        the pointer of a shadow version: other tables beside the current ones
      snapshots/<id>/                        one state of all tables, never changed once it has this name
        datapackage.json  manifest.json
        <table>/published=YYYY-MM/<unique>.parquet      a name is never used again, and belongs to one state of its table
      snapshots/<id>.partial/                a commit that is being built
      snapshots/<id>.removed/                an old snapshot that is being deleted
      .next-<id> -> snapshots/<id>           the pointer of a commit that has not happened yet
      .commit.lock                           held by the one committer
      staging/<name>~<time>-<random>/        batches of workers, outside of what is published

Data files lie in the snapshots alone. A snapshot shares the files it took over with the one before by hard links, so a file
is stored once and goes with the last snapshot that lists it: there is nothing to count, and nothing unreferenced to find.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

CURRENT = "current"
SHADOW = "shadow-"
PARTIAL = ".partial"
REMOVED = ".removed"
NEXT = ".next-"
MANIFEST = "manifest.json"
DATAPACKAGE = "datapackage.json"

_SNAPSHOT_ID = re.compile(r"(\d{8})-(\d{8}T\d{6}Z)-[0-9a-f]{8}")
_TIME = "%Y%m%dT%H%M%SZ"


def is_snapshot_id(name: str) -> bool:
    """Whether a folder of this name is a whole snapshot."""
    return _SNAPSHOT_ID.fullmatch(name) is not None


def snapshot_time(snapshot_id: str) -> dt.datetime:
    """When the commit that made the snapshot began (UTC, whole seconds)."""
    found = _SNAPSHOT_ID.fullmatch(snapshot_id)
    if found is None:
        raise ValueError(f"{snapshot_id!r} is not the id of a snapshot")
    return dt.datetime.strptime(found[2], _TIME).replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Layout:
    """The paths of one store; `processed` is the folder that contains `current`, `pointer` the name of the link in it."""

    processed: Path
    pointer: str = CURRENT

    @property
    def current(self) -> Path:
        """The pointer of this store's tables."""
        return self.processed / self.pointer

    def pointers(self) -> dict[str, str]:
        """The names of all pointers, the current and the shadows', with the ids of the snapshots that they point at."""
        if not self.processed.is_dir():
            return {}
        links = sorted(path for path in self.processed.iterdir() if path.name == CURRENT or path.name.startswith(SHADOW))
        return {path.name: path.readlink().name for path in links if path.is_symlink()}

    @property
    def snapshots(self) -> Path:
        return self.processed / "snapshots"

    @property
    def staging(self) -> Path:
        return self.processed / "staging"

    @property
    def lock(self) -> Path:
        return self.processed / ".commit.lock"

    def snapshot(self, snapshot_id: str) -> Path:
        return self.snapshots / snapshot_id

    def partial(self, snapshot_id: str) -> Path:
        return self.snapshots / (snapshot_id + PARTIAL)

    def removed(self, snapshot_id: str) -> Path:
        return self.snapshots / (snapshot_id + REMOVED)

    def next_link(self, snapshot_id: str) -> Path:
        return self.processed / (NEXT + snapshot_id)

    def pending(self) -> list[str]:
        """Ids of commits that were begun and have not happened; theirs are the `.next-` links."""
        if not self.processed.is_dir():
            return []
        return sorted(path.name.removeprefix(NEXT) for path in self.processed.iterdir() if path.name.startswith(NEXT))

    def snapshot_ids(self) -> list[str]:
        """Ids of the published snapshots, oldest first."""
        if not self.snapshots.is_dir():
            return []
        named = [path.name for path in self.snapshots.iterdir() if is_snapshot_id(path.name)]
        return sorted(set(named) - set(self.pending()))  # in this order: a commit makes its link first and gives the name then

    def new_snapshot_id(self, now: dt.datetime) -> str:
        """An id that sorts after all there are and was never used before."""
        ids = self.snapshot_ids()
        number = int(ids[-1].split("-")[0]) + 1 if ids else 1
        return f"{number:08d}-{now.astimezone(dt.UTC).strftime(_TIME)}-{uuid.uuid4().hex[:8]}"

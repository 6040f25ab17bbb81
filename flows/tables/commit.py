"""How does a commit become visible at once and whole? The steps, in their order, and what each leaves behind when it is the last.

A new snapshot is built in a folder that no reader looks into; a link `.next-<id>` says what is about to happen; the folder gets its
name; the link takes the place of `current`, which is the commit. A process that dies before leaves a `.partial` folder, or a
`.next-` link with the folder it names: `recover` removes both. One that dies after leaves staged batches that the manifest lists as
taken in, or `.removed` folders: `recover` removes these as well. (Order of steps: MEASUREMENTS.md, "Parquet store".)

A reader that lists `current/<table>/**` while the link moves may list one month of the old state and the next of the new one. So a
commit gives *all* files of a table that it changes new names: every name belongs to one state of its table, a mixed list holds a
name that is gone, and the read fails cleanly instead of being wrong. A month that is new to the table has no name to be missed by: its
empty folder is made in the current snapshot first, and the swap waits `settle_seconds` from then on, so that whoever lists the months
before the swap and their files after it knows of the month (he would have to pause for longer than that between the two).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.tables.compaction import Limits
from flows.tables.datapackage import describe
from flows.tables.files import link_or_copy, remove_tree, sync_folder, sync_tree, write_parquet, write_text
from flows.tables.layout import DATAPACKAGE, MANIFEST, PARTIAL, REMOVED, SHADOW, Layout, is_snapshot_id, snapshot_time
from flows.tables.manifest import DataFile, Manifest, TableFiles, data_file
from flows.tables.plan import TablePlan
from flows.tables.schemas import columns_of, empty, empty_folder, sort
from flows.tables.snapshot import Snapshot
from flows.tables.staging import remove_staged, sweep_unfinished

STEPS = (
    "locked",
    "recovered",
    "folder_made",
    "linked",
    "file_written",
    "files_written",
    "described",
    "synced",
    "announced",
    "named",
    "swapped",
    "discarded",
    "pruned",
)

MANY = 300  # snapshots; a site with a run every hour makes about as many in three days

logger = logging.getLogger(__name__)


@dataclass
class Committer:
    """What the steps of a commit have in common. Every method is called under the lock."""

    layout: Layout
    limits: Limits
    durable: bool
    settle_seconds: float
    on_step: Callable[[str], None]

    def recover(self, current: Snapshot | None) -> None:
        """Remove what killed commits and dead workers have left."""
        self.layout.snapshots.mkdir(parents=True, exist_ok=True)
        for snapshot_id in self.layout.pending():
            if snapshot_id not in self.layout.pointers().values():
                self._remove_snapshot(snapshot_id)
            self.layout.next_link(snapshot_id).unlink()
        for folder in self.layout.snapshots.iterdir():
            if folder.name.endswith((PARTIAL, REMOVED)):
                remove_tree(folder)
        if current:
            remove_staged(self.layout, current.manifest.consumed)
        sweep_unfinished(self.layout)
        self.on_step("recovered")

    def publish(
        self,
        plans: Mapping[str, TablePlan],
        *,
        current: Snapshot | None,
        message: str,
        component: Mapping[str, Any],
        consumed: tuple[str, ...],
    ) -> Snapshot:
        """Build the snapshot and make it current. An error before the swap leaves nothing behind."""
        now = dt.datetime.now(dt.UTC)
        snapshot_id = self.layout.new_snapshot_id(now)
        partial, final, link = self.layout.partial(snapshot_id), self.layout.snapshot(snapshot_id), self.layout.next_link(snapshot_id)
        try:
            settled = time.monotonic() + (self.settle_seconds if self._make_months(current, plans) else 0)
            tables = self._build(partial, plans)
            manifest = Manifest(snapshot_id, current.id if current else None, now, message, component, tables, consumed)
            write_text(manifest.to_json(), partial / MANIFEST, durable=self.durable)
            write_text(_datapackage(manifest), partial / DATAPACKAGE, durable=self.durable)
            self.on_step("described")
            if self.durable:
                sync_tree(partial)
            self.on_step("synced")
            link.symlink_to(Path(self.layout.snapshots.name) / snapshot_id)
            self._sync(self.layout.processed)
            self.on_step("announced")
            partial.rename(final)
            self._sync(self.layout.snapshots)
            self.on_step("named")
            time.sleep(max(0, settled - time.monotonic()))
            link.replace(self.layout.current)
        except BaseException:
            remove_tree(partial)
            if link.is_symlink():  # not swapped
                remove_tree(final)
                link.unlink()
            raise
        self._sync(self.layout.processed)
        self.on_step("swapped")
        return Snapshot(final)

    def discard(self, staged: tuple[str, ...]) -> None:
        """Remove the staged batches that the commit took in; what cannot be removed is tried again by the next commit."""
        with _housekeeping():
            remove_staged(self.layout, staged)
        self.on_step("discarded")

    def prune(self, keep_days: float, keep_snapshots: int) -> None:
        """Remove snapshots that are neither young enough nor among the newest; those that a pointer points at always stay.

        Where there are more than `MANY`, of those older than an hour only the last of each hour stays: each has its folders and links on
        the disk, and a run every minute makes thousands a day.
        """
        ids = self.layout.snapshot_ids()
        pointed_at = set(self.layout.pointers().values())
        now = dt.datetime.now(dt.UTC)
        old = [snapshot_id for snapshot_id in ids[: max(0, len(ids) - keep_snapshots)] if snapshot_id not in pointed_at]
        gone = [snapshot_id for snapshot_id in old if snapshot_time(snapshot_id) < now - dt.timedelta(days=keep_days)]
        if len(ids) - len(gone) > MANY:
            last = {_hour(snapshot_id): snapshot_id for snapshot_id in ids}
            settled = (snapshot_id for snapshot_id in old if snapshot_time(snapshot_id) < now - dt.timedelta(hours=1))
            gone += [snapshot_id for snapshot_id in settled if last[_hour(snapshot_id)] != snapshot_id]
        for snapshot_id in dict.fromkeys(gone):
            with _housekeeping():
                self._remove_snapshot(snapshot_id)
        self.on_step("pruned")

    def drop_others(self, current: Snapshot) -> int:
        """Remove every other snapshot, and with them the shadow versions: they may hold what has to go."""
        for name, pointed_at in self.layout.pointers().items():
            if name.startswith(SHADOW) and pointed_at != current.id:
                (self.layout.processed / name).unlink()
        others = [snapshot_id for snapshot_id in self.layout.snapshot_ids() if snapshot_id != current.id]
        for snapshot_id in others:
            self._remove_snapshot(snapshot_id)
        return len(others)

    def _remove_snapshot(self, snapshot_id: str) -> None:
        """Take the name first, so that a snapshot that is listed is always whole."""
        if not is_snapshot_id(snapshot_id) or not self.layout.snapshot(snapshot_id).is_dir():
            return
        removed = self.layout.removed(snapshot_id)
        self.layout.snapshot(snapshot_id).rename(removed)
        remove_tree(removed)

    def _make_months(self, current: Snapshot | None, plans: Mapping[str, TablePlan]) -> bool:
        """Make the folders of months that are new to a table in the current snapshot; whether there were any."""
        made = False
        if current is None:
            return made
        for name, plan in plans.items():
            wanted = {*plan.folders, *(file.folder for file in plan.stays)}
            for folder in sorted(wanted - _folders(current.path / name)):
                with suppress(FileExistsError):
                    (current.path / name / folder).mkdir(parents=True)
                    made = True
        return made

    def _build(self, partial: Path, plans: Mapping[str, TablePlan]) -> dict[str, TableFiles]:
        partial.mkdir()
        self.on_step("folder_made")
        tables: dict[str, list[DataFile]] = {name: [] for name in plans}
        for name, plan in plans.items():
            (partial / name).mkdir()
            for folder in {file.folder for file in plan.stays} - {""}:
                (partial / name / folder).mkdir()
            for file in plan.stays:
                taken_over = file if plan.changes_nothing else dataclasses.replace(file, path=_new_path(file.folder))
                link_or_copy(plan.source / file.path, partial / name / taken_over.path, durable=self.durable)
                tables[name].append(taken_over)
        self.on_step("linked")
        for name, plan in plans.items():
            for folder in plan.folders:
                rows = sort(name, plan.rows(folder))  # what was not sorted goes at once: both together are what a merge takes
                if rows.num_rows:
                    tables[name] += self._write(name, folder, rows, partial)
            if not tables[name]:  # a typed file without rows, so that no reader's pattern ever finds nothing
                tables[name] += self._write(name, empty_folder(name), empty(name), partial)
        self.on_step("files_written")
        return {name: TableFiles(columns_of(name), tuple(sorted(files, key=lambda file: file.path))) for name, files in tables.items()}

    def _write(self, name: str, folder: str, rows: pa.Table, partial: Path) -> list[DataFile]:
        """The files of one partition, of its sorted rows."""
        size = self.limits.rows_per_file(rows.num_rows, rows.nbytes)
        (partial / name / folder).mkdir(exist_ok=True)
        files = []
        for start in range(0, max(rows.num_rows, 1), size):
            part = rows.slice(start, size)
            path = _new_path(folder)
            length, sha256 = write_parquet(part, partial / name / path, durable=self.durable)
            files.append(data_file(name, path, part, length, sha256))
            self.on_step("file_written")
        return files

    def _sync(self, folder: Path) -> None:
        if self.durable:
            sync_folder(folder)


def _hour(snapshot_id: str) -> dt.datetime:
    return snapshot_time(snapshot_id).replace(minute=0, second=0)


def _folders(table: Path) -> set[str]:
    """The months of a table that have a folder; "" for the table's own."""
    return {"", *(entry.name for entry in os.scandir(table))} if table.is_dir() else set()


def _new_path(folder: str) -> str:
    """A path below the table's folder that was never used before."""
    return f"{folder}/{uuid.uuid4().hex}.parquet" if folder else f"{uuid.uuid4().hex}.parquet"


def _datapackage(manifest: Manifest) -> str:
    paths = {name: [f"{name}/{file.path}" for file in table.files] for name, table in manifest.tables.items()}
    return json.dumps(describe(paths, created=manifest.created_at.isoformat()), indent=1, ensure_ascii=False) + "\n"


@contextmanager
def _housekeeping() -> Iterator[None]:
    """What comes after the swap: the commit stands whether or not old files can be removed."""
    try:
        yield
    except OSError as error:
        logger.warning("%s; the next commit tries again to remove what is left over", error)

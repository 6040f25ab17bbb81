"""How are tables published? `Store` commits changes as snapshots; whoever reads `processed/current` finds plain Parquet files.

store = Store(Path("data/processed"))
store.commit([Change("deals", add=to_table("deals", deals), remove={"doc_id": {"4f1c…"}})], message="batch 7")
store.current().read("deals", where=pyarrow.compute.field("currency") == "EUR")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
from filelock import FileLock, Timeout

from flows.tables.changes import Change, KeyCache, put_together
from flows.tables.commit import STEPS, Committer
from flows.tables.compaction import Limits
from flows.tables.errors import SchemaMismatchError, StoreError, StoreLockedError, TableError
from flows.tables.files import plain_errors
from flows.tables.forgotten import keep_out
from flows.tables.layout import CURRENT, PARTIAL, REMOVED, SHADOW, Layout
from flows.tables.manifest import check_current
from flows.tables.migrations import steps_from
from flows.tables.plan import plan_tables
from flows.tables.snapshot import CIRCUMSTANCES, Snapshot, equal_tables
from flows.tables.staging import Staged, folders_of, list_staged, remove_staged, write_staged

__all__ = [
    "CIRCUMSTANCES",
    "STEPS",
    "Change",
    "SchemaMismatchError",
    "Snapshot",
    "Staged",
    "Store",
    "StoreError",
    "StoreLockedError",
    "TableError",
    "equal_tables",
]


_SHADOW_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Store:
    """The tables below one folder: any number of readers and stagers, one committer at a time."""

    def __init__(
        self,
        processed: Path | str,
        *,
        keep_days: float = 7,
        keep_snapshots: int = 20,
        lock_timeout: float = 600,
        target_file_rows: int = 512_000,
        max_files_per_partition: int = 8,
        durable: bool = True,
        settle_seconds: float = 0.5,
        on_step: Callable[[str], None] | None = None,
        pointer: str = CURRENT,
    ) -> None:
        """`processed` is the folder that contains `current`; it is made by the first commit.

        A snapshot is kept while it is younger than `keep_days` or among the newest `keep_snapshots` (of very many, the last of each hour:
        `Committer.prune`). `lock_timeout` is in seconds. A file of `target_file_rows` is full; of others a month has at most
        `max_files_per_partition`. `durable` syncs files and folders to the disk before a commit counts: switch it off only where a power
        cut does not matter. `settle_seconds`: how
        long at least a reader through `current` may take from listing a table's months to listing their files; a commit that brings a
        new month takes as long. `on_step` is called with
        the name of each step of a commit (`STEPS`) when it is done. `pointer` names the link to these tables: those of a shadow version
        have another one, and share snapshots, files and lock with the current ones.
        """
        self.path = Path(processed).absolute()
        self.keep_days = keep_days
        self.keep_snapshots = max(1, keep_snapshots)
        self.lock_timeout = lock_timeout
        self.durable = durable
        self._layout = Layout(self.path, pointer)
        self._on_step = on_step or (lambda step: None)
        self._limits = Limits(target_file_rows, max_files_per_partition)
        self._cache = KeyCache()
        self._committer = Committer(self._layout, self._limits, durable, settle_seconds, self._on_step)

    @property
    def pointer(self) -> str:
        """The name of the link to these tables."""
        return self._layout.pointer

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def current(self) -> Snapshot | None:
        """The snapshot that `current` points at now; None before the first commit.

        Raises `StoreError` where the folder is no store, `SchemaMismatchError` where its tables are of another schema than today's.
        """
        snapshot = self._pointed_at()
        if snapshot is not None:
            check_current(snapshot.manifest, self._layout.current)
        return snapshot

    def _pointed_at(self) -> Snapshot | None:
        """As `current`, but tables of an older schema too."""
        link = self._layout.current
        if self.path.exists() and not self.path.is_dir():
            raise StoreError(f"{self.path} is a file where a folder is needed: move it away or choose another folder with --processed")
        if not link.is_symlink():
            if link.exists():
                raise StoreError(f"{link} is not the link to a snapshot: move it away or choose another folder with --processed")
            return None
        try:
            snapshot = Snapshot(link)
            snapshot.manifest  # noqa: B018  read now, so that what is wrong is told here
        except FileNotFoundError as error:
            left = self._layout.snapshot_ids()
            mend = f"point it at snapshots/{left[-1]}" if left else "remove it and run again"
            raise StoreError(f"{link} points at a snapshot that is not there or not whole ({error.filename}): {mend}") from error
        return snapshot

    def snapshots(self) -> list[Snapshot]:
        """The published snapshots, oldest first."""
        found = []
        for snapshot_id in self._layout.snapshot_ids():
            with suppress(FileNotFoundError):  # pruned since it was listed
                found.append(Snapshot(self._layout.snapshot(snapshot_id)))
        return found

    def pointers(self) -> dict[str, str]:
        """The names of all pointers in the folder, `current` and `shadow-…`, with the ids of their snapshots."""
        return self._layout.pointers()

    def shadow(self, name: str) -> Store:
        """The store of a shadow version, whose tables need not be there yet; see `fork`. Raises `StoreError` where the name is unfit."""
        if not _SHADOW_NAME.fullmatch(name):
            raise StoreError(f"{name!r} cannot name a shadow version: use letters, digits, '-' and '_'")
        return Store(
            self.path,
            keep_days=self.keep_days,
            keep_snapshots=self.keep_snapshots,
            lock_timeout=self.lock_timeout,
            target_file_rows=self._limits.target_file_rows,
            max_files_per_partition=self._limits.max_files,
            durable=self.durable,
            settle_seconds=self._committer.settle_seconds,
            on_step=self._on_step,
            pointer=SHADOW + name,
        )

    def fork(self, snapshot: Snapshot) -> None:
        """Let this pointer, which is not there yet, begin with the tables of a snapshot; nothing is copied."""
        with self._committing() as base:
            if base is None:
                link = self._layout.next_link(f"fork-{snapshot.id}")
                link.symlink_to(Path(self._layout.snapshots.name) / snapshot.id)
                link.replace(self._layout.current)

    def drop(self) -> None:
        """Remove a shadow's pointer; its snapshot goes with the others when it is old."""
        if not self._layout.pointer.startswith(SHADOW):
            raise StoreError("the current tables are not dropped")
        with self._committing():
            self._layout.current.unlink(missing_ok=True)

    def stage(self, name: str, tables: Mapping[str, pa.Table]) -> Staged:
        """Write a batch of rows that is not published yet; in any process, with no lock.

        It appears whole or not at all, and stays until a commit discards it. A name staged again replaces the batch before. Raises
        `TableError` where rows do not fit their table, so that the worker that made them learns of it.
        """
        with plain_errors(self.path):
            return write_staged(self._layout, name, tables, durable=self.durable)

    def drop_staged(self, batches: Sequence[Staged]) -> None:
        """Remove batches that are not to be published; that takes no space, as a commit does. Their work is done again."""
        with plain_errors(self.path):
            remove_staged(self._layout, folders_of(self._layout, batches))

    def staged(self) -> list[Staged]:
        """The batches that wait to be committed, sorted by name; never one that a commit has discarded, even if it was killed."""
        current = self.current()
        return list_staged(self._layout, current.manifest.consumed if current else ())

    def unfinished(self) -> list[str]:
        """Names of what commits that were killed have left; the next commit removes it."""
        folder = self._layout.snapshots
        partial = [path.name for path in folder.iterdir() if path.name.endswith((PARTIAL, REMOVED))] if folder.is_dir() else []
        return sorted([*self._layout.pending(), *partial])

    def commit(
        self,
        changes: Sequence[Change],
        *,
        message: str = "",
        component: Mapping[str, Any] | None = None,
        discard: Sequence[Staged] = (),
    ) -> Snapshot:
        """Publish the changes, all at once or not at all, and return the new snapshot.

        `component` (versions of code and models, say) is kept in the manifest, the parent's where it is None. `discard` names the
        staged batches whose rows the changes hold; they go with the commit. Changes that change nothing make no new snapshot (the
        very first makes one, with all tables). Raises `TableError` (rows do not fit), `StoreLockedError`, `SchemaMismatchError`,
        `StoreError` (disk full, folder read-only …); then the published tables are as before.
        """
        wanted = put_together(changes)  # before the lock: others need not wait for our checks
        with self._committing() as base:
            consumed = folders_of(self._layout, discard)
            plans = plan_tables(base, wanted, self._limits, self._cache)
            kept_component = dict(base.manifest.component) if base else {}
            new_component = kept_component if component is None else dict(component)
            if base and new_component == kept_component and all(plan.changes_nothing for plan in plans.values()):
                self._committer.discard(consumed)
                return base
            snapshot = self._committer.publish(plans, current=base, message=message, component=new_component, consumed=consumed)
            self._committer.discard(consumed)
            self._committer.prune(self.keep_days, self.keep_snapshots)
            return snapshot

    def restore(self, snapshot: Snapshot, *, message: str = "") -> Snapshot:
        """Return to the tables of an older snapshot, by a new one that shares its files; what was in between can be returned to.

        What was forgotten since stays forgotten.
        """
        with self._committing() as base:
            if not snapshot.path.is_dir():
                raise StoreError(f"snapshot {snapshot.id} is no longer kept: choose one of {self._layout.snapshots}")
            steps = steps_from(snapshot.manifest.schema_version) or ()
            kept_out = put_together(keep_out(snapshot, base))
            plans = plan_tables(snapshot, kept_out, self._limits, self._cache, steps)
            # what was made of the rows that go is no longer made of the rows there are
            rows_go = any(change.conditions for table, change in kept_out.items() if table != "forgotten")
            component = {} if rows_go else snapshot.manifest.component
            restored = self._committer.publish(
                plans,
                current=base,
                message=message or f"return to {snapshot.id}",
                component=component,
                consumed=(),
            )
            self._committer.prune(self.keep_days, self.keep_snapshots)
            return restored

    def mend(self, sound: Snapshot, changes: Sequence[Change], *, message: str, component: Mapping[str, Any]) -> Snapshot:
        """Publish the changes upon what is whole of a snapshot (`Snapshot.without`), whatever `current` leads to.

        Raises what `commit` raises.
        """
        wanted = put_together(changes)
        with self._committing(lambda: sound):
            plans = plan_tables(sound, wanted, self._limits, self._cache)
            return self._committer.publish(plans, current=sound, message=message, component=dict(component), consumed=())

    def drop_others(self) -> tuple[int, int]:
        """Remove every snapshot but the current one, whatever its age, and every shadow version; how many there were of each."""
        shadows = [name.removeprefix(SHADOW) for name in self.pointers() if name.startswith(SHADOW)]
        for name in shadows:
            self.shadow(name).drop()
        with self._committing() as base:
            return (self._committer.drop_others(base) if base else 0), len(shadows)

    def upgrade(self) -> Snapshot | None:
        """Migrate tables of an older schema to today's, in one commit; None where there is nothing to do.

        The snapshots of before stay and can be returned to. Raises `SchemaMismatchError` where there is no way, and what `commit` raises.
        """
        with self._committing(self._pointed_at) as base:
            steps = steps_from(base.manifest.schema_version) if base else ()
            if base is None or not steps:
                return None
            plans = plan_tables(base, {}, self._limits, self._cache, steps)
            upgraded = self._committer.publish(
                plans,
                current=base,
                message=f"upgrade from schema {base.manifest.schema_version} to {steps[-1].after}",
                component=base.manifest.component,
                consumed=(),
            )
            self._committer.prune(self.keep_days, self.keep_snapshots)
            return upgraded

    @contextmanager
    def _committing(self, find_base: Callable[[], Snapshot | None] | None = None) -> Iterator[Snapshot | None]:
        """Hold the lock, with the leftovers of killed commits gone; gives the current snapshot, or the one that `find_base` gives."""
        with plain_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._layout.lock, timeout=self.lock_timeout, is_singleton=False)
            try:
                lock.acquire()
            except Timeout as error:
                raise StoreLockedError(
                    f"another process has been committing to {self.path} for more than {self.lock_timeout:g} s: "
                    f"wait for it or end it (it holds {self._layout.lock})"
                ) from error
            try:
                self._on_step("locked")
                # tells what is wrong with the folder before anything is touched
                base = (find_base or self.current)()
                self._committer.recover(base)
                yield base
            finally:
                lock.release()

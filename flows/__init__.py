"""Everything that touches the world: files, readers, tables, Prefect flows and the command line."""

import os

# Read once, when Arrow begins: its own allocator hardly gives anything back (`flows.memory`).
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

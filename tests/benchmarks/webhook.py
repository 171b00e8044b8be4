"""How many webhooks a second `serve` takes, each on the disk before it is answered.

Against commits alone: the same number of rows written one by one into a SQLite file that is
flushed each time.
"""

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from figures import Figure
from support.hooks import SECRET
from support.serving import Load, serving
from support.submissions import form
from support.workplace import CONFIG

from connector.samples import mappings_dir

HOOK = f"  - {{name: website, type: webhook, form: members, auth: header, secret: {SECRET}}}\n"
COUNT = 3000
CLIENTS = 8


def measure() -> list[Figure]:
    """Let eight clients post 3,000 submissions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = CONFIG.format(
            base_url="http://127.0.0.1:9", tenant="t", username="u", search_settle=0, workers=1
        )
        config = config.replace("mappings: mappings", f"mappings: {mappings_dir()}")
        (folder / "config.yaml").write_text(config + HOOK, encoding="utf-8")
        with serving(folder, {"BMS_PASSWORD": "x"}) as server:
            load = Load(server.address, "/hooks/website", {"X-Webhook-Secret": SECRET})
            began = time.perf_counter()
            load.post([form(number) for number in range(COUNT)], clients=CLIENTS)
            seconds = time.perf_counter() - began
        alone = _commits(folder / "commits.db")
    times = sorted(load.seconds)
    slowest = times[len(times) * 99 // 100]
    return [
        Figure(
            f"webhooks, {CLIENTS} clients, each on the disk before its answer",
            f"{len(times) / seconds:.0f} a second, p99 {slowest * 1000:.0f} ms",
            f"{COUNT / alone:.0f} commits a second",
            alone / seconds,
        )
    ]


def _commits(file: Path) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE line (content TEXT)")
        began = time.perf_counter()
        for _ in range(COUNT):
            connection.execute("INSERT INTO line VALUES ('one')")
        return time.perf_counter() - began

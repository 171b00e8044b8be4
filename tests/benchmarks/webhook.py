"""How many webhooks a second `serve` takes, each committed to the ledger before it is answered.

Run it from the repository: `PYTHONPATH=tests python tests/benchmarks/webhook.py [COUNT] [CLIENTS]`
"""

import sys
import tempfile
import time
from pathlib import Path

from support.hooks import SECRET
from support.serving import Load, serving
from support.submissions import form
from support.workplace import CONFIG

from connector.samples import mappings_dir

HOOK = f"  - {{name: website, type: webhook, form: members, auth: header, secret: {SECRET}}}\n"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 8
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
            load.post([form(number) for number in range(count)], clients=clients)
            took = time.perf_counter() - began
    times = sorted(load.seconds)
    print(f"{len(times)} submissions by {clients} clients in {took:.1f} s")  # noqa: T201
    print(f"{len(times) / took:.0f} a second")  # noqa: T201
    for share in (50, 99, 100):
        place = min(len(times) - 1, len(times) * share // 100)
        print(f"p{share}: {times[place] * 1000:.1f} ms")  # noqa: T201


if __name__ == "__main__":
    main()

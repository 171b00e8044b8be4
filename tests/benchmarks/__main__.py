"""What the connector costs, measured.

    python tests/benchmarks [NAME ...] [--out FILE]

Each benchmark runs in a process of its own; the names are those of the files here. Without a
name, those of `ALL` run one after the other (about 15 minutes). See docs/benchmarks.md.
"""

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from figures import Figure, table  # noqa: E402

ALL = ("taking_in", "delivering", "start_up", "memory", "large_ledger", "hosts")
MORE = ("webhook", "write_back")


def main() -> None:
    options = argparse.ArgumentParser(description="Measure what the connector costs.")
    options.add_argument("names", nargs="*", help=f"of {', '.join((*ALL, *MORE))}")
    options.add_argument("--out", type=Path, help="write the table there, too")
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.here:
        measured = importlib.import_module(chosen.names[0]).measure()
        print(json.dumps([each.as_json() for each in measured]))  # noqa: T201
        return
    figures = [figure for name in chosen.names or ALL for figure in in_own_process(name)]
    print(table(figures))  # noqa: T201
    if chosen.out:
        chosen.out.write_text(table(figures), encoding="utf-8")


def in_own_process(name: str) -> list[Figure]:
    """Run one benchmark, so that none pays for the memory and the modules of another."""
    print(f"… {name}", file=sys.stderr, flush=True)  # noqa: T201
    command = [sys.executable, str(HERE), name, "--here"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [Figure(**each) for each in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    main()

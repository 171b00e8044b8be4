"""Imports run one way: a layer may import only what stands below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "connector"

BASE = {
    "connector.domain",
    "connector.errors",
    "connector.field_dates",
    "connector.local_time",
    "connector.quotations",
}
PURE = {"connector.accounts", "connector.mapping", "connector.sla"}
SIGN_IN = {"connector.ports", "connector.sign_in"}
FILES = {"connector.yaml_file", "connector.yaml_validation"}

MAY_IMPORT = {
    "domain": set(),
    "errors": set(),
    "field_dates": set(),
    "local_time": set(),
    "quotations": set(),
    "accounts": BASE | {"connector.mapping"},
    "ports": {"connector.domain", "connector.accounts.model"},
    "yaml_file": BASE,
    "yaml_validation": BASE | FILES,
    "logs": set(),
    "samples": set(),
    "sla": BASE,
    "mapping": BASE | {"connector.sla"} | FILES,
    "sign_in": BASE | {"connector.ports"},
    "intake": BASE | SIGN_IN | {"connector.mapping.models", "connector.accounts"},
    "ledger": BASE | {"connector.ports", "connector.accounts"},
    "bms": BASE | SIGN_IN,
    "messages": BASE | SIGN_IN,
    "pipeline": BASE | PURE | {"connector.ports"},
    "live": BASE
    | PURE
    | {"connector.ports", "connector.config", "connector.loading", "connector.pipeline"},
    "config": BASE | FILES,
    "web": BASE
    | PURE
    | {
        "connector.ports",
        "connector.pipeline.accounts.approving",
        "connector.pipeline.accounts.desk",
        "connector.pipeline.report",
    },
    "loading": BASE | FILES | {"connector.config", "connector.mapping"},
    "reporting": BASE
    | {"connector.accounts.model", "connector.ports", "connector.pipeline.rulebook"},
    "stop_signal": {"connector.ports"},
    "sandbox": set(),
}
"""What each layer may import of ours, beside itself; wiring, demo and cli see everything."""

UNBOUND = {
    "wiring",
    "cli",
    "demo",
    "__init__",
    "__main__",
}


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from {f"{node.module}.{alias.name}" for alias in node.names}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_module_imports_only_layers_below_its_own(path: Path) -> None:
    layer = layer_of(path)
    if layer in UNBOUND:
        return
    allowed = MAY_IMPORT[layer] | {f"connector.{layer}", "connector.__version__"}
    ours = {name for name in imports_of(path) if name.startswith("connector.")}
    wrong = {
        name
        for name in ours
        if not any(name == good or name.startswith(f"{good}.") for good in allowed)
    }
    assert not wrong


def test_only_the_mapping_loader_reads_files() -> None:
    pure = [*(PACKAGE / "mapping").glob("*.py"), *(PACKAGE / "sla").glob("*.py")]
    readers = {
        path.name
        for path in pure
        if {"pathlib.Path", "os", "io", "sqlite3", "requests"} & set(imports_of(path))
    }
    assert readers <= {"load.py"}


def test_no_pure_rule_asks_a_clock() -> None:
    for path in [*(PACKAGE / "mapping").glob("*.py"), *(PACKAGE / "sla").glob("*.py")]:
        asked = {
            ast.unparse(node)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute)
        }
        assert not asked & {"datetime.now", "datetime.utcnow", "date.today", "time.time"}, path

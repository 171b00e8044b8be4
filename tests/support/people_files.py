"""CSV files of people, as `accounts import` reads them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from support.workplace import Ran

HEADING = "First Name,Last Name,E-mail,Phone,Account,Role"
HARBOR, PALMETTO = "Harbor Dental Group", "Palmetto Legal LLP"
DOMAINS = {HARBOR: "harbordental.example", PALMETTO: "palmettolegal.example"}


def row(number: int, account: str = HARBOR, **fields: str) -> str:
    """Return a row for a person of this number, unlike any other's."""
    name = f"Nova{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}"
    domain = DOMAINS.get(account, "client.example")
    values = {
        "first": name,
        "last": "Reyes",
        "email": f"{name.lower()}@{domain}",
        "phone": "",
        "account": account,
        "role": "",
    } | fields
    return ",".join(values.values())


def people_csv(rows: Iterable[str]) -> str:
    """Return a file with these rows."""
    return "\n".join([HEADING, *rows, ""])


def write_people(folder: Path, *rows: str) -> Path:
    """Write a file with these rows into `folder`; return where it is."""
    path = folder / "people.csv"
    path.write_text(people_csv(rows), encoding="utf-8")
    return path


def found(ran: Ran) -> dict[str, str]:
    """Return what an import found of each person, by address."""
    return {each["email"]: each["found"] for each in ran.json["rows"]}


def listed(run: Callable[..., Ran], *options: str) -> list[dict[str, Any]]:
    """Return what `accounts list` shows."""
    answer: list[dict[str, Any]] = run("accounts", "list", "--json", *options).json
    return answer


def few_calls(folder: Path, calls: int) -> None:
    """Set the calls an hour to one endpoint in the configuration of `folder`."""
    config = folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("bms:\n", f"bms:\n  calls_per_hour: {calls}\n"), encoding="utf-8"
    )

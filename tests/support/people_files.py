"""CSV files of people, as `accounts import` reads them."""

from collections.abc import Iterable
from pathlib import Path

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


def few_calls(folder: Path, calls: int) -> None:
    """Set the calls an hour to one endpoint in the configuration of `folder`."""
    config = folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("bms:\n", f"bms:\n  calls_per_hour: {calls}\n"), encoding="utf-8"
    )

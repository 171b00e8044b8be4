"""Dates of named holidays, from the `holidays` library, which is imported on first use."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from connector.errors import ConfigError

if TYPE_CHECKING:
    import holidays

NAME_YEARS = range(2020, 2061)
"""The years in which a name must occur to be known: not every holiday occurs in every year."""

LANGUAGE = "en_US"
"""Fixed, since the library would otherwise name holidays in the language of the environment."""

OBSERVED_LABELS = ("observed_label", "observed_label_before", "observed_estimated_label")


class UnknownCountry(ConfigError):
    """The `holidays` library has no such country."""


def dates_of(country: str, names: Iterable[str], year: int, *, observed: bool) -> dict[date, str]:
    """Return the dates in `year` of the holidays called `names`, with the names shown there.

    `observed` adds the days on which a holiday that falls on a weekend is kept; such a day may
    lie in the year before. Raises ConfigError when the library knows no such country or name.
    """
    calendar = _calendar(country, [year], observed=observed)
    shown_as = {shown: name for name in names for shown in _shown(calendar, name)}
    dates = {
        day: shown for day in calendar for shown in calendar.get_list(day) if shown in shown_as
    }
    _refuse_unknown(country, set(shown_as.values()) - {shown_as[s] for s in dates.values()})
    return dict(sorted(dates.items()))


def unknown_names(country: str, names: Iterable[str]) -> dict[str, str]:
    """Return the names that the library does not know, each with the nearest it does, or "".

    Raises UnknownCountry.
    """
    calendar = _calendar(country, NAME_YEARS, observed=False)
    known = sorted({name for day in calendar for name in calendar.get_list(day)})
    return {
        name: next(iter(get_close_matches(name, known, n=1)), "")
        for name in names
        if name not in known
    }


def unknown_name_sentence(country: str, name: str, nearest: str) -> str:
    """Return what is wrong with a holiday name, and the nearest name there is."""
    hint = f"; did you mean {nearest!r}?" if nearest else ""
    return f"the holidays library knows no holiday {name!r} in {country}{hint}"


def _refuse_unknown(country: str, missing: set[str]) -> None:
    unknown = unknown_names(country, sorted(missing)) if missing else {}
    for name, nearest in unknown.items():
        raise ConfigError(
            unknown_name_sentence(country, name, nearest),
            "Correct the name under holidays in sla.yaml; `bms-connector check` lists all",
        )


def _calendar(country: str, years: Iterable[int], *, observed: bool) -> "holidays.HolidayBase":
    import holidays

    try:
        return holidays.country_holidays(
            country, years=years, observed=observed, expand=False, language=LANGUAGE
        )
    except NotImplementedError:
        known = list(holidays.list_supported_countries())
        nearest = get_close_matches(country.upper(), known, n=1, cutoff=0.5)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        raise UnknownCountry(
            f"the holidays library knows no country {country!r}{hint}",
            "Name it by its two letters (ISO 3166) under holidays in sla.yaml",
        ) from None


def _shown(calendar: "holidays.HolidayBase", name: str) -> list[str]:
    """Return how the library shows a holiday on its own day and on the days it is observed."""
    labels = (getattr(calendar, label, "%s") for label in OBSERVED_LABELS)
    return [name, *(calendar.tr(label) % name for label in labels)]

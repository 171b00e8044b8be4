"""A report as text: a table per subject."""

from collections.abc import Mapping

import click

from connector.cli.render import print_table
from connector.domain.request import Outcome
from connector.reporting import wording
from connector.reporting.charts import STACKED, percent
from connector.reporting.figures import Figures
from connector.reporting.sla_figures import Tally
from connector.reporting.standing import Standing


def print_figures(figures: Figures) -> None:
    """Print what the page says, except the chart over time."""
    period = figures.period
    click.echo(f"Report, {wording.period_words(figures)} ({period.zone}, both dates included)\n")
    if figures.received:
        _print_requests(figures)
    else:
        click.echo("Nothing was received in this period.\n")
    _print_sla(figures)
    states = figures.access_words
    _print_counts("Portal logins", "People", states, sum(states.values()))
    if figures.written.values:
        click.echo(
            f"Write-back: {figures.written.values} due dates and custom fields were written into "
            f"{figures.written.tickets} tickets."
        )


def _print_requests(figures: Figures) -> None:
    outcomes = {str(each): figures.outcomes[each] for each in STACKED if figures.outcomes[each]}
    tickets = figures.outcomes[Outcome.CREATED]
    _print_counts("Outcome", "Requests", outcomes, figures.received)
    _print_counts("Source", "Requests", figures.source_totals, figures.received)
    _print_counts("Client", "Requests", figures.accounts, sum(figures.accounts.values()))
    _print_counts("Template", "Tickets", figures.templates, tickets)
    _print_counts("Priority", "Tickets", figures.priorities, tickets)
    if tickets:
        _print_counts("Receipt to ticket", "Tickets", figures.times, tickets)
        click.echo(f"{figures.emergencies} of {tickets} tickets were emergencies.\n")
    _print_counts("Parked", "Requests", figures.parked, figures.outcomes[Outcome.PARKED])


def _print_counts(name: str, unit: str, counts: Mapping[str, int], whole: int) -> None:
    if counts:
        rows = [
            (label, str(count), percent(count, whole)) for label, count in wording.shown(counts)
        ]
        print_table((name, unit, "Share"), rows)


def _print_sla(figures: Figures) -> None:
    sla = figures.sla
    if sla.not_judged:
        return  # told on stderr
    _print_tally("Due date", sla.due_date)
    _print_tally("First response", sla.response)


def _print_tally(title: str, tally: Tally) -> None:
    if not tally.whole:
        return
    rows = [("All", tally.whole), *wording.sla_rows(tally.by_priority)]
    print_table(
        (title, *(str(each).capitalize() for each in Standing), "Kept of known"),
        [
            (
                name or "(none)",
                *(str(counts.get(each, 0)) for each in Standing),
                percent(*wording.kept_of(counts)) or "-",
            )
            for name, counts in rows
        ],
    )
    for why, count in tally.unknown.most_common():
        click.echo(f"unknown: {count} {why}")
    click.echo()

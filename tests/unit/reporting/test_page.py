"""The page of a report: whole in itself, escaped, and readable whatever there is to tell."""

import re
from datetime import date

import pytest
from support.figures import LONG, MARKUP, figures, outcomes

from connector.domain.request import Outcome
from connector.reporting.charts import HEIGHT, columns, percent, stacked
from connector.reporting.figures import Figures, plain_reason
from connector.reporting.page import render_page
from connector.reporting.sla_figures import SlaFigures
from connector.reporting.standing import Standing
from connector.reporting.wording import shown, sla_rows


def page(of: Figures, desk: str = "Help desk") -> str:
    return render_page(of, desk=desk, version="1.0")


def test_it_needs_nothing_from_elsewhere() -> None:
    html = page(figures())
    assert not re.findall(r"""(?:src|href)=["'](?!#)|url\(|@import|<script|<link|<iframe""", html)


def test_what_clients_and_admins_named_is_escaped() -> None:
    html = page(figures(name=MARKUP, names=2), desk=MARKUP)
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") > 5


def test_it_tells_of_a_period_in_which_nothing_came() -> None:
    html = page(figures(each=outcomes(), names=0))
    assert "Nothing was received in this period" in html
    assert "nan" not in html.casefold().replace("tenant", "")


def test_it_says_why_the_sla_was_not_judged() -> None:
    html = page(figures(sla=SlaFigures(not_judged="BMS is down")))
    assert "The SLA could not be judged: BMS is down." in html
    assert "of due dates kept" not in html


@pytest.mark.parametrize("last", [date(2026, 10, 25), date(2027, 10, 24)])
def test_every_bar_of_the_chart_has_a_row_with_its_numbers(last: date) -> None:
    made = figures(last=last)
    table = page(made).split('class="numbers"')[1].split("</table>")[0]
    assert table.count('<th scope="row">') == len(made.bars)


def test_the_highest_column_is_as_high_as_the_chart_and_its_parts_stand_on_each_other() -> None:
    few = figures(last=date(2026, 10, 25), each=outcomes(created=1, parked=3))
    foot, top = columns(few.bars).rects
    assert (foot.kind, foot.y + foot.height, foot.height) == (Outcome.CREATED, HEIGHT, 25)
    assert (top.kind, top.y, top.height) == (Outcome.PARKED, 0, 75)


def test_a_stacked_bar_is_as_wide_as_the_whole() -> None:
    rects = stacked({Standing.KEPT: 3, Standing.UNKNOWN: 1})
    assert [(each.kind, each.x, each.width) for each in rects] == [
        (Standing.KEPT, 0, 75),
        (Standing.UNKNOWN, 75, 25),
    ]
    assert stacked({}) == []


@pytest.mark.parametrize(
    ("part", "whole", "says"),
    [
        (0, 0, ""),
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (1, 1000, "1 %"),
        (999, 1000, "99 %"),
        (1, 2, "50 %"),
    ],
)
def test_a_share_is_nothing_or_all_only_when_it_is(part: int, whole: int, says: str) -> None:
    assert percent(part, whole) == says


def test_a_long_table_ends_with_what_the_rest_comes_to() -> None:
    rows = shown({f"client {n}": 1 for n in range(40)})
    assert (len(rows), rows[-1]) == (25, ("16 others", 16))
    by_name = {f"client {n}": {Standing.KEPT: 2} for n in range(40)}
    assert sla_rows(by_name)[-1][1][Standing.KEPT] == 32


@pytest.mark.parametrize(
    ("reason", "plain"),
    [
        (
            "BMS refused it: Contact pat@client.example is inactive",
            "BMS refused it: Contact … is inactive",
        ),
        ("the subject 'My secret' holds \"more of it\"", "the subject … holds …"),
        ("BMS doesn't take it and won't say why", "BMS doesn't take it and won't say why"),
        ("", "(not known)"),
    ],
)
def test_a_reason_is_told_without_what_people_wrote(reason: str, plain: str) -> None:
    assert plain_reason(reason) == plain


def test_a_long_name_is_shown_whole() -> None:
    assert LONG in page(figures(name=LONG))

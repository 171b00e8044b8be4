"""A report as one HTML page that needs nothing else: no script, no file, no network."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from connector.reporting import charts, wording
from connector.reporting.figures import Figures
from connector.reporting.standing import Standing

HERE = Path(__file__).parent
STYLES = (
    HERE.parent / "web" / "static" / "style.css",  # as on the pages of `serve`
    HERE / "templates" / "report.css",
)


def render_page(figures: Figures, *, desk: str, version: str) -> str:
    """Return the page; `desk` is the name of the help desk. All text is escaped."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = "\n".join(path.read_text(encoding="utf-8") for path in STYLES)
    return environment.get_template("report.html").render(
        it=figures,
        desk=desk,
        version=version,
        style=Markup(style),  # noqa: S704 - files of our own
        chart=charts.columns(figures.bars),
        charts=charts,
        words=wording,
        outcomes=charts.STACKED,
        standings=list(Standing),
    )

"""Filing away: settled items are marked at their sources, once the ledger has committed."""

from connector.errors import ConnectorError
from connector.pipeline.services import Services
from connector.ports import Source


def file_away(services: Services) -> list[str]:
    """Mark settled items at their sources; return a sentence for each that could not be marked."""
    by_name = {source.name: source for source in services.sources}
    waiting = {mark.source for mark in services.ledger.unmarked(list(by_name))}
    return [
        problem for name in sorted(waiting) for problem in _file_away_at(services, by_name[name])
    ]


def at_source(name: str) -> str:
    """Return what `Ledger.exclusive` calls the handling of a source's items.

    Of two hosts, one that is late would file a new item of the same name away, unread.
    """
    return f"source {name}"


def _file_away_at(services: Services, source: Source) -> list[str]:
    problems: list[str] = []
    with services.ledger.exclusive(at_source(source.name)) as is_ours:
        # Read only now: what another host filed meanwhile is done.
        for mark in services.ledger.unmarked([source.name]) if is_ours else ():
            try:
                has_left = source.mark(mark.locator, mark.outcome)
            except (ConnectorError, OSError) as error:
                what = f"source {source.name}: {mark.locator} could not be filed"
                problems.append(f"{what}: {error}")
                continue
            services.ledger.marked(mark.key, mark.outcome, has_left=has_left)
    return problems

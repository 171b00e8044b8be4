"""Filing away: settled items are marked at their sources, once the ledger has committed."""

from connector.errors import ConnectorError
from connector.pipeline.services import Services
from connector.ports import ItemUnfiled, Source


def file_away(services: Services) -> None:
    """Mark settled items at their sources; `services.unfiled` keeps what could not be."""
    by_name = {source.name: source for source in services.sources}
    waiting = {mark.source for mark in services.ledger.unmarked(list(by_name))}
    for name in sorted(waiting - services.unfiled.sources.keys()):
        _file_away_at(services, by_name[name])


def at_source(name: str) -> str:
    """Return what `Ledger.exclusive` calls the handling of a source's items.

    Of two hosts, one that is late would file a new item of the same name away, unread.
    """
    return f"source {name}"


def _file_away_at(services: Services, source: Source) -> None:
    unfiled = services.unfiled
    with services.ledger.exclusive(at_source(source.name)) as is_ours:
        # Read only now: what another host filed meanwhile is done.
        for mark in services.ledger.unmarked([source.name]) if is_ours else ():
            if unfiled.has(mark):
                continue
            try:
                has_left = source.mark(mark.locator, mark.outcome)
            except (ItemUnfiled, OSError) as error:
                unfiled.add(mark, str(error))
                continue
            except ConnectorError as error:
                unfiled.sources[source.name] = error
                return
            services.ledger.marked(mark.key, mark.outcome, has_left=has_left)

"""The rules of a help desk that has the shipped mapping files."""

from functools import cache

from support.sla_policies import NEW_YORK

from connector.mapping.load import load_mappings
from connector.pipeline.rulebook import Rulebook
from connector.samples import mappings_dir
from connector.sla.policy import SlaPolicy

CATCH_ALL_ACCOUNT = "Unmatched Requests"
CATCH_ALL_CONTACT = "unmatched@securenetmsp.com"


@cache
def shipped_rulebook() -> Rulebook:
    """Return the rules by the shipped files; a frozen one, the same each time."""
    mappings = load_mappings(mappings_dir())
    return Rulebook(
        priorities=mappings.priorities,
        templates=mappings.templates,
        clients=mappings.clients,
        policy=SlaPolicy(mappings.sla, NEW_YORK),
        zone=NEW_YORK,
        catch_all_account=CATCH_ALL_ACCOUNT,
        catch_all_contact=CATCH_ALL_CONTACT,
        machine=mappings.machine,
    )

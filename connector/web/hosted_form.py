"""The hosted form as settings and mappings make it: what it offers to choose from."""

from dataclasses import dataclass, field

from connector.domain.due_dates import Priority
from connector.mapping.models import TemplatesFile
from connector.web.rate_limit import RateLimit

SOURCE = "hosted-form"
"""The source of what is sent there; it needs no configuration (DESIGN section 4)."""

MAPPING = "members"
"""The mapping of its submissions, which are canonical (DESIGN section 5)."""

IMPACTS = {
    Priority.LOW: "Nobody: it can wait longer than 5 days",
    Priority.NORMAL: "Nobody, if it is solved within 5 days",
    Priority.HIGH: "One person cannot work",
    Priority.CRITICAL: "Several people cannot work",
}
"""How a person who knows no priorities tells one: the guide's meanings of its four."""


@dataclass(frozen=True, slots=True)
class HostedForm:
    """What the form offers. `acknowledges` tells whether senders are mailed a ticket number."""

    templates: tuple[str, ...]
    acknowledges: bool = False
    posts: RateLimit = field(default_factory=RateLimit)


def form_templates(file: TemplatesFile) -> tuple[str, ...]:
    """Return what people may choose: the first of each rule's `form_templates`, as it stands."""
    named = (rule.match.form_templates[:1] for rule in file.rules)
    return tuple(dict.fromkeys(name for names in named for name in names))

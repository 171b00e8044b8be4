"""What the pipeline needs of the outside: sources, the ledger, BMS, a clock.

Adapters satisfy these protocols; the pipeline imports no adapter.
"""

from collections.abc import Callable
from datetime import datetime

from connector.ports.bms import Directory, TicketGateway
from connector.ports.keeping import Cache, CallBudget
from connector.ports.ledger import Ledger
from connector.ports.records import Intent, JournalEntry, Mark, RequestRecord, Stamp
from connector.ports.sources import (
    Arrival,
    Claim,
    Closing,
    Identified,
    Item,
    ItemUnfiled,
    ItemUnreadable,
    ItemVanished,
    Listening,
    Listing,
    Reader,
    Source,
    SourceMemory,
)

Clock = Callable[[], datetime]
"""Returns the present moment, in UTC."""

__all__ = [
    "Arrival",
    "Cache",
    "CallBudget",
    "Claim",
    "Clock",
    "Closing",
    "Directory",
    "Identified",
    "Intent",
    "Item",
    "ItemUnfiled",
    "ItemUnreadable",
    "ItemVanished",
    "JournalEntry",
    "Ledger",
    "Listening",
    "Listing",
    "Mark",
    "Reader",
    "RequestRecord",
    "Source",
    "SourceMemory",
    "Stamp",
    "TicketGateway",
]

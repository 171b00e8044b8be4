"""Folders of a Microsoft 365 mailbox, by well-known name or by the names a person sees.

https://learn.microsoft.com/graph/api/resources/mailfolder
https://learn.microsoft.com/graph/api/user-list-mailfolders
"""

from typing import Final
from uuid import uuid4

from connector.errors import FatalError, Throttled, Unreachable
from connector.intake.sources.graph_client import GraphClient, NotThere

WELL_KNOWN: Final = frozenset(
    {
        "archive",
        "clutter",
        "deleteditems",
        "drafts",
        "inbox",
        "junkemail",
        "msgfolderroot",
        "outbox",
        "sentitems",
    }
)


def folder_id(client: GraphClient, path: str) -> str:
    """Return the id of a folder, written like `inbox`, `Processed` or `inbox/Done`.

    Raises `NotThere` when there is none.
    """
    found = ""
    for name in path.split("/"):
        child = _child(client, found, name)
        if child is None:
            raise NotThere(
                f"Source '{client.source}': {client.mailbox} has no folder '{path}'",
                "Correct `folder` of the source, or create it",
            )
        found = child
    return found


def ensure_folder(client: GraphClient, path: str) -> str:
    """Return the id of a folder, created where it is missing."""
    found = ""
    for name in path.split("/"):
        child = _child(client, found, name)
        if child is None:
            answer = client.send("POST", _children(found), {"displayName": name})
            child = str(answer["id"])
        found = child
    return found


def filing_fault(client: GraphClient, path: str) -> str:
    """Return why nothing may be written into the mailbox, tried with a folder of our own; else ''.

    The permission to write is one for the whole mailbox. National clouds have no permanentDelete:
    there, what is deleted lies in Deleted Items.
    https://learn.microsoft.com/graph/api/mailfolder-permanentdelete
    """
    parent = path.rpartition("/")[0]
    try:
        above = folder_id(client, parent) if parent else ""
        body = {"displayName": f"BMS connector check {uuid4().hex[:12]}", "isHidden": True}
        trial = str(client.send("POST", _children(above), body)["id"])
    except NotThere:
        return ""  # the first run creates what is above it as well
    except (FatalError, Throttled):
        raise
    except Unreachable as error:
        return error.message
    try:
        client.order("POST", f"/mailFolders/{trial}/permanentDelete")
    except Unreachable:
        client.order("DELETE", f"/mailFolders/{trial}")
    return ""


def _child(client: GraphClient, parent: str, name: str) -> str | None:
    if not parent and name.lower() in WELL_KNOWN:
        return str(client.get(f"/mailFolders/{name.lower()}", {"$select": "id"})["id"])
    escaped = name.replace("'", "''")
    answer = client.get(
        _children(parent), {"$filter": f"displayName eq '{escaped}'", "$select": "id,displayName"}
    )
    return next((str(folder["id"]) for folder in answer["value"]), None)


def _children(parent: str) -> str:
    return f"/mailFolders/{parent}/childFolders" if parent else "/mailFolders"

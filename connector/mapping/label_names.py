"""What requesters call the details that the guide asks for, in English and Spanish.

Written as `label_key` makes them: no accents, no punctuation, single spaces, lower case.
"""

from dataclasses import dataclass
from typing import Literal

from connector.mapping.words import without_accents

DetailField = Literal[
    "affected_user", "mobile", "started", "remote_ok", "first_time", "desired_resolution"
]

PRIORITY_LABELS = frozenset(
    ("priority", "priority level", "ticket priority", "request priority", "prioridad")
)
COMBINED_LABELS = frozenset(
    ("affected user and mobile number", "affected user and mobile", "affected user mobile number")
)
"""The guide's own bullet; its answer holds both."""


@dataclass(frozen=True, slots=True)
class Label:
    """Which detail a label asks for.

    `inverted`: it asks the opposite ("has this happened before"). `must_read`: the label is
    common enough in other sentences ("Phone: dead since Monday") that only a readable answer
    makes its line a detail.
    """

    field: DetailField
    inverted: bool = False
    must_read: bool = False


_AFFECTED = """
affected user|affected users|user affected|users affected|affected|affected person|person affected
affected employee|employee affected|affected user name|name of affected user|who is affected
name of the affected user|end user|user|usuario afectado|usuaria afectada|usuario|afectado
persona afectada|empleado afectado|quien esta afectado
"""
_MOBILE = """
mobile|mobile number|mobile phone|mobile phone number|mobile no|cell|cell number|cell phone
cell phone number|cellphone|cellphone number|cellular|callback|callback number|call back number
call back|best number|best number to call|best contact number|contact number|movil|celular
affected user mobile|mobile number of affected user|mobile number of the affected user
numero de movil|numero de celular|telefono movil|telefono celular|telefono de contacto
"""
_PHONE = """
phone|phone number|phone no|telephone|telephone number|tel|contact phone|number|my number|user phone
telefono|numero de telefono|numero
"""
_STARTED = """
started|start|start time|started at|started on|when started|when it started|when did it start
when did this start|when did the issue start|when did the problem start|when the issue started
when the problem started|when issue started|issue started|problem started|issue start|since when
start of issue|start of the issue|start of the problem|when did it begin|when did this begin
it started|began|since|happening since|cuando empezo|cuando comenzo|cuando inicio|inicio
cuando empezo el problema|cuando comenzo el problema|desde cuando|desde|empezo|comenzo
"""
_REMOTE = """
remote connection possible|is remote connection possible|is a remote connection possible
whether remote connection is possible|remote connection is possible|remote possible
is remote access possible|remote access possible|remote session possible|remote support possible
remote ok|remote okay|remote connection ok|remote connection okay|remote access ok
can we connect remotely|can you connect remotely|may we connect remotely|conexion remota posible
es posible la conexion remota|es posible conexion remota|acceso remoto posible
podemos conectarnos remotamente
"""
_REMOTE_BARE = (
    "remote|remote connection|remote access|remote session|conexion remota|acceso remoto|remoto"
)
_FIRST_TIME = """
first time|is this the first time|is it the first time|is this first time|first time issue
first time it happens|first time this happens|first time this happened|first time it happened
first occurrence|whether it is the first time|primera vez|es la primera vez|es primera vez
"""
_HAPPENED_BEFORE = """
has this happened before|has it happened before|did this happen before|did it happen before
happened before|happened previously|occurred before|has this occurred before|recurring
recurring issue|is this recurring|is it recurring|repeat issue|ha pasado antes|ha ocurrido antes
ha sucedido antes|habia pasado antes|paso antes
"""
_DESIRED = """
desired resolution|desired resolution date|desired resolution time|desired resolution date time
desired resolution date and time|desired resolution by|desired date|desired time|desired by
desired date and time|desired completion|desired completion date|desired fix date|needed by|need by
need it by|needed on|needed before|required by|due by|due date|due|deadline|resolve by|complete by
fix by|resolution date|resolution needed by|resolution by|please resolve by|target date|by when
requested resolution|requested resolution date|requested completion date|requested date
when do you need it|when is it needed|when do you need it by|date needed|date needed by
resolucion deseada|fecha deseada|fecha de resolucion deseada|fecha de resolucion|fecha limite
fecha y hora deseada|para cuando|se necesita para|necesario para|plazo
"""


def _labels(text: str, label: Label) -> dict[str, Label]:
    names = (name.strip() for line in text.splitlines() for name in line.split("|"))
    return {name: label for name in names if name}


DETAIL_LABELS: dict[str, Label] = {
    **_labels(_AFFECTED, Label("affected_user")),
    **_labels(_MOBILE, Label("mobile")),
    **_labels(_PHONE, Label("mobile", must_read=True)),
    **_labels(_STARTED, Label("started")),
    **_labels(_REMOTE, Label("remote_ok")),
    **_labels(_REMOTE_BARE, Label("remote_ok", must_read=True)),
    **_labels(_FIRST_TIME, Label("first_time")),
    **_labels(_HAPPENED_BEFORE, Label("first_time", inverted=True)),
    **_labels(_DESIRED, Label("desired_resolution")),
}


def label_key(written: str) -> str:
    """Return `written` as the tables above spell it; "(s)" and "(optional)" are left out."""
    outside: list[str] = []
    depth = 0
    for char in without_accents(written):
        depth += char == "("
        if not depth:
            outside.append(char if char.isalnum() else " ")
        depth -= char == ")" and depth > 0
    return " ".join("".join(outside).split()).removeprefix("the ")

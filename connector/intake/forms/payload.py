"""From the JSON of a form submission to a request, by the form's mapping (DESIGN section 5)."""

from datetime import datetime

from connector.domain.mail import Mailbox
from connector.domain.request import Detail, Details, FormFields, Request, RequestKind
from connector.intake.forms.attachments import form_files
from connector.intake.forms.fields import FormPlaces, parse_payload
from connector.intake.limits import MAX_ADDRESS_CHARS, MAX_SUBJECT_CHARS, MAX_TEXT_CHARS
from connector.intake.remarks import Remarks, shown
from connector.intake.unreadable import Unreadable
from connector.mapping.models import FormField, FormFile

_NOT_IN_ADDRESS = frozenset(' \t<>,;:"()')


def parse_form(
    raw: bytes, *, form: str, mapping: FormFile, source: str, received_at: datetime
) -> Request:
    """Read a submission of `form`; keys that `mapping` does not name are ignored.

    Raises `Unreadable` when the bytes are no JSON object, when the e-mail address is missing
    or none, and when there is neither a subject nor a description.
    """
    places = FormPlaces(parse_payload(raw), mapping)
    remarks = Remarks()
    sender = _sender(places, form)
    subject = places.line("subject")[:MAX_SUBJECT_CHARS]
    text = _description(places, remarks)
    if not subject and not text:
        raise Unreadable(
            "The form submission has neither a subject nor a description",
            _look_at(places, form, "subject", "description"),
        )
    files = form_files(places.value("attachments"), remarks)
    return Request(
        kind=RequestKind.FORM,
        source=source,
        received_at=received_at,
        sender=sender,
        subject=subject,
        text=text,
        attachments=files.attachments,
        links=files.links,
        form=_form_fields(places, form, remarks),
        remarks=remarks.all(),
    )


def _sender(places: FormPlaces, form: str) -> Mailbox:
    address = places.line("email").lower()
    if not address:
        raise Unreadable(
            "The form submission has no e-mail address", _look_at(places, form, "email")
        )
    local, at, domain = address.partition("@")
    is_address = local and at and domain and "@" not in domain and len(address) <= MAX_ADDRESS_CHARS
    if not is_address or _NOT_IN_ADDRESS & set(address):
        raise Unreadable(
            f"The form submission's e-mail address '{shown(address)}' is none",
            _look_at(places, form, "email"),
        )
    return Mailbox(places.line("name"), address)


def _look_at(places: FormPlaces, form: str, *fields: FormField) -> str:
    """Return what to do about a missing field, naming where it was looked for."""
    names = [place for field in fields for place in places.places(field)]
    where = ", ".join(f"'{name}'" for name in names) or "nowhere"
    return (
        f"It was looked for in {where} (mappings/forms/{form}.yaml): correct the mapping and "
        "release the request, or ask the requester to send anew"
    )


def _description(places: FormPlaces, remarks: Remarks) -> str:
    text = places.text("description")
    if len(text) > MAX_TEXT_CHARS:
        remarks.add(
            f"The description was cut after {MAX_TEXT_CHARS:,} characters; "
            "all of it is in the raw submission"
        )
    return text[:MAX_TEXT_CHARS]


def _form_fields(places: FormPlaces, form: str, remarks: Remarks) -> FormFields:
    emergency = places.flag("emergency")
    if emergency is None:
        words = shown(places.line("emergency"))
        remarks.add(f"The emergency field says '{words}', which is neither yes nor no: taken as no")
    return FormFields(
        form=form,
        submission_id=places.line("id") or None,
        template=places.line("template") or None,
        priority=places.line("priority") or None,
        emergency=bool(emergency),
        company=places.line("company") or None,
        phone=places.line("phone") or None,
        details=Details(
            affected_user=_detail(places, "affected_user"),
            mobile=_detail(places, "mobile"),
            started=_detail(places, "started"),
            remote_ok=_detail(places, "remote_ok"),
            first_time=_detail(places, "first_time"),
            desired_resolution=_detail(places, "desired_resolution"),
        ),
    )


def _detail(places: FormPlaces, field: FormField) -> Detail | None:
    words = places.line(field)
    return Detail(words) if words else None

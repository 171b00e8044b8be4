"""The questions of the hosted form, and what makes an answer wrong (the guide's list, issue 7)."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields import Field
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError
from wtforms.widgets import DateInput, TimeInput

from connector.mapping.desired import read_desired
from connector.web.hosted_form import IMPACTS
from connector.web.sessions import GuardedForm

MAX_LINE = 200
MAX_TEXT = 20_000
MAX_FILES = 20

ADDRESS = re.compile(r'[^\s@<>,;:"()]+@[^\s@<>,;:"().]+(\.[^\s@<>,;:"().]+)+')
YES_OR_NO = (("yes", "Yes"), ("no", "No"), ("not known", "I do not know"))
UNDECIDED = ("", "Something else, or I am not sure")

IMPACT_NEEDED = "Choose how many people are stopped."

_SHORT = Length(max=MAX_LINE, message=f"Use at most {MAX_LINE} characters here.")
_LONG = Length(max=MAX_TEXT, message=f"Use at most {MAX_TEXT:,} characters; attach the rest.")


def _choices(offered: Iterable[tuple[str, str]]) -> Any:  # noqa: ANN401 - newer than its stubs
    """Return what can be chosen: each as it is sent, and as it is read."""
    return dict(offered)


def _stripped(value: str | None) -> str:
    return (value or "").strip()


def _line(label: str, *, needs: str = "", kind: type[StringField] = StringField) -> Any:  # noqa: ANN401 - a field of WTForms before it is bound
    """Return a field of one line; `needs` is what is said when it is left empty."""
    required = [DataRequired(needs)] if needs else []
    return kind(label, validators=[*required, _SHORT], filters=[_stripped])


def _yes_or_no(label: str) -> RadioField:
    values = ["", *dict(YES_OR_NO)]
    return RadioField(
        label,
        choices=_choices(YES_OR_NO),
        default="",
        validate_choice=False,
        validators=[AnyOf(values, "Choose one of these.")],
    )


class Questions(GuardedForm):
    """The hosted form. Call `offer` before it is shown or validated."""

    impact = RadioField(
        "How many people are stopped?",
        choices=_choices(IMPACTS.items()),
        validate_choice=False,
        validators=[DataRequired(IMPACT_NEEDED), AnyOf(list(IMPACTS), IMPACT_NEEDED)],
    )
    emergency = BooleanField("This is an emergency")
    template = SelectField("Which of these fits best?", choices=_choices([UNDECIDED]), default="")
    subject = _line("In a few words: what is wrong, or what do you need?", needs="Say what it is.")
    description = TextAreaField("What happens?", validators=[_LONG], filters=[_stripped])
    files = MultipleFileField("Screenshots or a video")
    started = _line("When did it start?")
    first_time = _yes_or_no("Is it the first time that this happens?")
    remote_ok = _yes_or_no("May we connect to the computer remotely?")
    name = _line("Your name", needs="Write your name.")
    email = _line("Your e-mail address", needs="Write your e-mail address.", kind=EmailField)
    phone = _line("Your phone number", kind=TelField)
    company = _line("Your company")
    affected_user = _line("Who is affected, if it is not you?")
    mobile = _line("Mobile number of the person affected", kind=TelField)
    desired_date = StringField(
        "Which day?", widget=DateInput(), filters=[_stripped], validators=[_SHORT]
    )
    desired_time = StringField(
        "What time?", widget=TimeInput(), filters=[_stripped], validators=[_SHORT]
    )
    stamp = HiddenField()
    website = StringField("Leave this empty")
    """The honeypot: no person sees it."""

    _now: datetime | None = None

    def offer(self, templates: Iterable[str], *, local_now: datetime) -> None:
        """Let these templates be chosen; a desired day is judged from `local_now`."""
        named = [(each, each) for each in templates]
        self.template.choices = _choices([*named, UNDECIDED])
        self._now = local_now

    @property
    def uploads(self) -> list[FileStorage]:
        """The files that were chosen; browsers send one without a name where none was."""
        return [each for each in self.files.data or () if getattr(each, "filename", "")]

    @property
    def desired(self) -> str:
        """The desired day and time as one answer, or an empty text."""
        return f"{self.desired_date.data} {self.desired_time.data}".strip()

    def validate_email(self, field: Field) -> None:
        """Refuse what cannot be answered."""
        if not ADDRESS.fullmatch(field.data):
            raise ValidationError("Write the address like name@company.com.")

    def validate_files(self, _field: Field) -> None:
        """Refuse very many files; how large they may be together is `limits.request_mb`."""
        if len(self.uploads) > MAX_FILES:
            raise ValidationError(f"Choose at most {MAX_FILES} files.")

    def validate_desired_date(self, field: Field) -> None:
        """Refuse a day of which the due date could not be reckoned (DESIGN section 7)."""
        if not self.desired or self._now is None:
            return
        if not field.data:
            raise ValidationError("Write the day as well.")
        read = read_desired(self.desired, self._now)
        if read.value is None:
            reason = read.problem or "no date could be read from it"
            raise ValidationError(f"Write it like 2026-12-31, and the time like 15:00: {reason}.")
        earliest = self._now if isinstance(read.value, datetime) else self._now.date()
        if read.value < earliest:
            raise ValidationError("That has passed already: write a later one.")

    def answers(self) -> dict[str, object]:
        """Return what was answered, in the words of the canonical JSON, its files aside."""
        asked = {
            "name": self.name.data,
            "email": self.email.data,
            "phone": self.phone.data,
            "company": self.company.data,
            "affected_user": self.affected_user.data,
            "mobile": self.mobile.data,
            "template": self.template.data,
            "subject": self.subject.data,
            "description": self.description.data,
            "priority": self.impact.data,
            "emergency": self.emergency.data,
            "started": self.started.data,
            "remote_ok": self.remote_ok.data,
            "first_time": self.first_time.data,
            "desired_resolution": self.desired,
        }
        return {name: value for name, value in asked.items() if value not in ("", None)}

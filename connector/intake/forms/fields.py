"""Where a vendor's payload keeps the fields of a form submission, and reading them leniently."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from connector.intake.forms.places import value_at
from connector.intake.limits import MAX_FIELD_WORDS
from connector.intake.mail.plain_text import clean_line, clean_text
from connector.intake.unreadable import Unreadable
from connector.mapping.models import FormField, FormFile

_TRUE = frozenset({"true", "yes", "y", "1", "on", "x", "checked", "si", "sí"})
_FALSE = frozenset({"false", "no", "n", "0", "off", "unchecked", "none"})
JOINED = " + "
"""Between places whose words belong together: a first and a last name."""

_RESEND = "Correct the file and put it into the source again, or ask the requester to send anew"


def parse_payload(raw: bytes) -> dict[str, object]:
    """Read the JSON object of a submission; raises `Unreadable` saying what is wrong with it."""
    if not raw.strip():
        raise Unreadable("The form submission is empty", _RESEND)
    try:
        payload = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The form submission is not UTF-8: byte {error.start + 1} is wrong", _RESEND
        ) from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"The form submission is not valid JSON: line {error.lineno}, column {error.colno}: "
            f"{error.msg}",
            _RESEND,
        ) from None
    except RecursionError:
        raise Unreadable("The form submission is nested too deeply", _RESEND) from None
    except ValueError:  # a number with thousands of digits
        raise Unreadable("The form submission holds a number that is too long", _RESEND) from None
    if not isinstance(payload, dict):
        raise Unreadable("The form submission is valid JSON, but not an object", _RESEND)
    return payload


@dataclass(frozen=True, slots=True)
class FormPlaces:
    """The fields of one submission, found by the form's mapping.

    Without a mapping the payload is taken for the canonical one.
    """

    payload: Mapping[str, object]
    mapping: FormFile | None

    def places(self, field: FormField) -> tuple[str, ...]:
        """Return the places where a field may stand, the preferred one first."""
        if self.mapping is None:
            return (field,)
        places = self.mapping.fields.get(field, ())
        return (places,) if isinstance(places, str) else places

    def value(self, field: FormField) -> object:
        """Return what stands at the first filled place, translated by `values`, or None."""
        for place in self.places(field):
            found = self._at(place)
            if not _is_blank(found):
                return self._translated(field, found)
        return None

    def _at(self, place: str) -> object:
        """Return what stands at a place, or at several that `+` joins."""
        if JOINED not in place or place in self.payload:
            return value_at(self.payload, place)
        words = [_words(value_at(self.payload, part.strip())) for part in place.split(JOINED)]
        return " ".join(filter(None, map(str.strip, words)))

    def text(self, field: FormField) -> str:
        """Return a field as text of several lines; empty when it is missing."""
        return clean_text(_words(self.value(field)))

    def line(self, field: FormField) -> str:
        """Return a field as one line; empty when it is missing."""
        return clean_line(_words(self.value(field)))[:MAX_FIELD_WORDS]

    def flag(self, field: FormField) -> bool | None:
        """Return a yes or no; None when it is neither. What is missing is a no."""
        words = self.line(field).casefold()
        if words in _TRUE:
            return True
        return False if not words or words in _FALSE else None

    def _translated(self, field: FormField, found: object) -> object:
        values = self.mapping.values.get(field) if self.mapping else None
        if not values:
            return found
        words = clean_line(_words(found)).casefold()
        for said, meant in values.items():
            if said.casefold() == words:
                return meant
        return found


def _is_blank(value: object) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def _words(value: object) -> str:
    """Return a value as a person would write it; a list as its entries with commas.

    What is nested deeper says nothing by itself: the mapping names the place within it.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        scalars = (entry for entry in value if not isinstance(entry, list))
        return ", ".join(words for words in map(_words, scalars) if words)
    return ""

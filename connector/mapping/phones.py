"""Phone numbers as people write them, made readable (E.164 country code, national grouping)."""

DEFAULT_REGION = "US"
MAX_WORDS = 200
"""Characters looked at; a phone number and a remark beside it are shorter."""


def find_phone(words: str) -> tuple[str, str] | None:
    """Return the first phone number of `words`, as written and as "+1 305-555-0101".

    A number without a country code is taken as one of the US. Numbers without an area code
    are not normalised: nobody could tell where they ring.
    """
    import phonenumbers  # 25 ms: only requests that carry a number pay for it

    possible = phonenumbers.Leniency.POSSIBLE
    matches = phonenumbers.PhoneNumberMatcher(words[:MAX_WORDS], DEFAULT_REGION, leniency=possible)
    for match in matches:
        if phonenumbers.is_possible_number(match.number) and not _is_local_only(match.raw_string):
            style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
            return match.raw_string, phonenumbers.format_number(match.number, style)
    return None


def normalise_phone(words: str) -> str | None:
    """Return the phone number that `words` hold, in readable form, or None."""
    found = find_phone(words)
    return found[1] if found else None


def _is_local_only(written: str) -> bool:
    """Whether a US area code is missing; the library calls such a number possible too."""
    digits = sum(char.isdigit() for char in written)
    return not written.startswith("+") and digits < 10

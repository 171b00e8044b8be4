"""How much of one message is read, so that a hostile one costs seconds and not the run.

What lies beyond a limit is named in the request's remarks; the raw message is kept whole.
Sizes are bytes or characters as the name says.
"""

MAX_HEADER_BYTES = 1_000_000
MAX_HEADER_FIELDS = 10_000
MAX_FIELD_CHARS = 10_000
"""How much of one header field's value is looked at."""

MAX_SUBJECT_CHARS = 1_000

MAX_ADDRESS_CHARS = 320
"""64 characters before the @ and 255 after it (RFC 5321 section 4.5.3.1)."""

MAX_PARTS = 1_000
MAX_DEPTH = 30
"""Multiparts within multiparts; real mail has at most six or seven."""

MAX_MESSAGE_DEPTH = 5
"""Messages attached to messages whose text is read."""

MAX_TEXT_BYTES = 4_000_000
"""How much of all text parts of a message together is decoded; what is longer is also attached."""

MAX_TEXT_CHARS = 500_000
"""How long the text of a request may be; a longer one is also attached, if it came by mail."""

MAX_HTML_CHARS = 1_000_000
"""How much HTML of a message is laid out: as many characters of tables take some four seconds."""

MAX_HTML_DEPTH = 300
"""Elements within elements, beyond which only a plain dump of the HTML's text is made."""

MAX_RTF_BYTES = 1_000_000
"""How much rich text of an Outlook message is decompressed and read: about two seconds."""

MAX_CALENDAR_CHARS = 100_000

MAX_REMARKS = 20

MAX_FORM_ATTACHMENTS = 100
MAX_FIELD_WORDS = 2_000
"""Characters of a one-line form field."""

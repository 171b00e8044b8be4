"""What the sender of a reply wrote now: without the mails quoted in it and without signature.

Lines are judged one by one: by the marks that HTML left (`quote_marks`), by ">" in front, and by
the signs with which mail programs begin a quotation (`connector.quotations`). Answers between
quotations are kept. Where nothing would remain, everything is kept.
"""

import itertools
import re
from collections.abc import Sequence

from connector.intake.mail.quote_marks import (
    MARKS,
    QUOTE_CLOSES,
    QUOTE_OPENS,
    REST_IS_QUOTED,
    SIGNATURE_CLOSES,
    SIGNATURE_OPENS,
    without_marks,
)
from connector.quotations import (
    attribution_length,
    attribution_within,
    header_block,
    is_above_line,
    is_attribution,
    is_forward_separator,
    is_original_separator,
    names_writer,
    unquoted,
)

MAX_HEADING = 400
MAX_SIGNATURE = 40
"""Lines of a signature in which a question is looked for."""
MAX_READ = 100_000
"""Characters of a reply in which quotations are looked for; what follows is kept as it is."""

_SIGNATURE = re.compile(r"\s{0,12}--[\s\u00a0]?")
_RULED_OFF = re.compile(r"\s{0,12}--")
"""A signature whose blank a mail host cut off, or a line drawn between two thoughts."""
_CERTAIN = re.compile(r"@|\b\d{4}\b|\d[:.h]\d\d|-{2,}")
"""What "On 3/4 the vendor said:" has not, which a person wrote above words of another."""
_RULE = re.compile(r"\s*[-_]{5,}\s*")
_LONE_RULE = re.compile(r"\s*[-_*=]{2,}\s*")
_WORD = re.compile(r"[^\W_]")
_LINK = r"(?:\s*<[^<>\s]*>)?"
_DEVICES = re.compile(
    r"\b(?:my|mi|mon|meine[mr]?|mio|meu|mijn|min|mit|mojego|i?phone|ipad|ios|android|smartphone|mobile"
    r"|mobil|m[oó]vil|celular|handy|samsung|galaxy|pixel|huawei|xiaomi|motorola|nokia|blackberry"
    r"|outlook|windows|gmail|gmx|yahoo|aol|proton|spark|airmail|acompli|web\.de|t-mobile|verizon|at&t)\b"
    r"|iphon|мо[ей]",
    re.IGNORECASE,
)
"""Without one of these a line says how something else was sent: "Sent via courier yesterday"."""
_DEVICE = re.compile(
    r"\W*(?:"
    r"(?:sent|envoyé|enviado|enviada|gesendet|inviato|verzonden|verstuurd|skickat|sendt|wysłano"
    r"|lähetetty|odesláno|отправлено)\s(?:from|via|with|using|depuis|de|do|desde|por|von|mit|dal?l?"
    r"|con|vanaf|met|från|fra|z|ze|iphonesta|z mojego|\u0441|из)\s?.{1,60}"
    rf"|(?:get|obtener|obtenga|holen sie sich|télécharge[rz]|obter|obtenha|scarica|download)\s"
    rf"outlook\s.{{2,20}}{_LINK}"
    rf"|von meinem \S{{1,20}} gesendet|sent from my \S{{1,20}}.{{0,40}}{_LINK}"
    r")",
    re.IGNORECASE,
)


def reply_text(marked: str) -> str:
    """Return the new text of a reply, given its whole text with the marks of its HTML."""
    whole = without_marks(marked).strip()
    head, rest = marked[:MAX_READ], marked[MAX_READ:]
    quotations = _Quotations(head.split("\n"))
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(quotations.own_lines())).strip()
    if rest and not quotations.is_open:
        kept = f"{kept}{without_marks(rest)}"
    return kept if _WORD.search(kept) else whole


class _Quotations:
    """Judges each line of a reply: why it is left out, or None for the sender's own."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._marked = lines
        self._lines = [MARKS.sub("", line) for line in lines]
        self._has_mark = [line.lstrip().startswith(">") for line in self._lines]
        self._kinds: list[str | None] = [None] * len(lines)
        self.is_open = False
        """Whether everything after the last line is quoted as well."""

    def own_lines(self) -> list[str]:
        """Return the lines that the sender wrote now."""
        self._judge_html()
        self._judge_plain()
        self._judge_signs()
        self._judge_signature()
        self._judge_device_lines()
        pairs = zip(self._lines, self._kinds, strict=True)
        return [line for line, kind in pairs if kind is None]

    def _judge_html(self) -> None:
        """Follow the marks; text before an opening mark on the same line is the sender's."""
        depth = {QUOTE_OPENS: 0, SIGNATURE_OPENS: 0}
        closing = {QUOTE_CLOSES: QUOTE_OPENS, SIGNATURE_CLOSES: SIGNATURE_OPENS}
        for index, line in enumerate(self._marked):
            if any(depth.values()):
                self._kinds[index] = "html"
            for mark in MARKS.findall(line):
                if mark == REST_IS_QUOTED:
                    self._quote_rest(index + bool(_own_words_before(line, mark)))
                    return
                if mark in depth:
                    depth[mark] += 1
                    if not _own_words_before(line, mark):
                        self._kinds[index] = "html"
                elif mark in closing:
                    depth[closing[mark]] = max(0, depth[closing[mark]] - 1)

    def _judge_plain(self) -> None:
        """Leave out lines with ">", unless there is but one, which may be the sender's own."""
        marked = [index for index, is_marked in enumerate(self._has_mark) if is_marked]
        introduced = any(self._introduces(index) for index in marked)
        if len(marked) < 2 and not introduced:
            return
        listed: set[int] = set()
        for index in marked:
            if index - 1 in listed or self._is_heading(index - 1):
                listed.add(index)
            else:
                self._kinds[index] = "quoted"

    def _is_heading(self, index: int) -> bool:
        """Whether the sender lists something below this line, as in "I clicked on:"."""
        if index < 0 or self._has_mark[index] or self._kinds[index] is not None:
            return False
        line = self._lines[index]
        nearby = " ".join(self._lines[max(0, index - 2) : index + 1])[-MAX_HEADING:]
        is_heading = line.rstrip().endswith((":", "\uff1a")) and bool(_WORD.search(line))
        return is_heading and not _CERTAIN.search(nearby) and not self._names_a_writer(line)

    @staticmethod
    def _names_a_writer(line: str) -> bool:
        return names_writer(unquoted(line)) or is_attribution(unquoted(line))

    def _introduces(self, index: int) -> bool:
        """Whether a line like "Jane wrote:" stands above the marked line `index`."""
        above = index - 1
        while above >= 0 and not self._lines[above].strip():
            above -= 1
        return above >= 0 and self._names_a_writer(self._lines[above])

    def _judge_signs(self) -> None:
        index = 0
        while index < len(self._lines):
            if is_above_line(self._lines[index]):
                self._quote_rest(index)
                return
            if self._kinds[index] is not None:
                index += 1
                continue
            if is_original_separator(self._lines[index]) or header_block(self._lines, index):
                self._quote_rest(index)
                return
            if is_forward_separator(self._lines[index]):
                return  # what somebody forwards in an answer is part of the answer
            length = self._attribution_length(index)
            if length:
                self._leave_out(index, length)
            elif (place := attribution_within(self._lines[index])) is not None:
                self._cut(index, place)
                length = 1
            elif self._names_writer(index):
                self._leave_out(index, 1)
            if length and not self._quotation_follows(index + length):
                self._quote_rest(index + length)
                return
            index += max(length, 1)

    def _attribution_length(self, index: int) -> int:
        """Return over how many lines an attribution goes that cannot be the sender's own words."""
        length = attribution_length(self._lines, index)
        words = " ".join(self._lines[index : index + length])
        return length if self._quotation_follows(index + length) or _CERTAIN.search(words) else 0

    def _names_writer(self, index: int) -> bool:
        """Whether this is "Jane wrote:" right above a quotation."""
        return names_writer(self._lines[index]) and self._quotation_follows(index + 1)

    def _leave_out(self, index: int, length: int) -> None:
        for place in range(index, index + length):
            self._kinds[place] = "attribution"

    def _cut(self, index: int, place: int) -> None:
        """Keep the words before an attribution on the same line."""
        self._lines[index] = self._lines[index][:place].rstrip(" -")

    def _quotation_follows(self, index: int) -> bool:
        """Whether the next line that is not blank is known to be quoted."""
        for place in range(index, len(self._lines)):
            if self._lines[place].strip() or self._kinds[place]:
                return self._kinds[place] is not None or self._has_mark[place]
        return False

    def _quote_rest(self, index: int) -> None:
        """Leave out everything from `index` on, and a rule drawn above it."""
        above = index - 1
        while above >= 0 and not self._lines[above].strip():
            above -= 1
        if above >= 0 and _RULE.fullmatch(self._lines[above]):
            index = above
        for place in range(index, len(self._lines)):
            self._kinds[place] = "quoted"
        self.is_open = True

    def _judge_signature(self) -> None:
        """Leave out a signature (RFC 3676 section 4.3) up to the next quotation."""
        is_signature = False
        for index, kind in enumerate(self._kinds):
            if kind is not None:
                is_signature = False
            elif is_signature or self._opens_signature(index):
                is_signature = True
                self._kinds[index] = "signature"

    def _opens_signature(self, index: int) -> bool:
        """Whether a signature begins here, rather than a further thought below a line of dashes."""
        line = self._lines[index]
        if not _RULED_OFF.fullmatch(line):
            return bool(_SIGNATURE.fullmatch(line))
        end = index + MAX_SIGNATURE
        below = zip(self._lines[index:end], self._kinds[index:end], strict=True)
        own = itertools.takewhile(lambda each: each[1] is None, below)
        asks = any(text.rstrip().endswith("?") for text, _ in own)
        return not asks and (index == 0 or not self._lines[index - 1].strip())

    def _judge_device_lines(self) -> None:
        """Leave out "Sent from my phone" at the end of what the sender wrote."""
        for index in range(len(self._lines) - 1, -1, -1):
            line = self._lines[index]
            if self._kinds[index] is not None or not line.strip():
                continue
            if not (_is_of_device(unquoted(line)[:150]) or _LONE_RULE.fullmatch(line)):
                return
            self._kinds[index] = "device"


def _is_of_device(line: str) -> bool:
    return bool(_DEVICE.fullmatch(line) and _DEVICES.search(line))


def _own_words_before(line: str, mark: str) -> bool:
    return bool(_WORD.search(MARKS.sub("", line.partition(mark)[0])))

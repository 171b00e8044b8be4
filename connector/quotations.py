"""Where a quoted or forwarded mail begins, as mail programs write it in several languages.

Three signs are known: a separator line ("-----Original Message-----"), a line that names who
wrote when ("On Monday … wrote:"), and a block of header lines ("From: …", "Sent: …"). Nothing is
ever told from prose. Every look at a line is cut to a length, so that no text takes long.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_LINE = 400
"""Characters of a line that are looked at."""
MAX_ATTRIBUTION_LINES = 4
"""Lines over which mail programs wrap "On Monday … wrote:"."""
MAX_BLOCK_LINES = 12
"""Lines of a header block, wrapped addressees included."""

QUOTED_PREFIX = re.compile(r"[\s>*_|]*")
EDGE = r"[-_=*\s]{2,}"

_FORWARD_WORDS = (
    "forwarded message",
    "forwarded by",
    "forwarded mail",
    "begin forwarded message",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "weitergeleitet von",
    "message transféré",
    "message transmis",
    "début du message transféré",
    "début du message réexpédié",
    "mensagem encaminhada",
    "início da mensagem reencaminhada",
    "início da mensagem encaminhada",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "vidarebefordrat meddelande",
    "vidarebefordrat brev",
    "videresendt besked",
    "videresendt meddelelse",
    "videresendt melding",
    "start på videresendt besked",
    "wiadomość przekazana",
    "przekazana wiadomość",
    "początek przekazywanej wiadomości",
    "välitetty viesti",
    "пересылаемое сообщение",
    "転送メッセージ",
    "转发的邮件",
)
_ORIGINAL_WORDS = (
    "original message",
    "original appointment",
    "original mail",
    "mensaje original",
    "cita original",
    "ursprüngliche nachricht",
    "originalnachricht",
    "ursprünglicher termin",
    "message d'origine",
    "message original",
    "rendez-vous d'origine",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "originalmeddelande",
    "ursprungligt meddelande",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "původní zpráva",
    "исходное сообщение",
    "original-nachricht",
    "元のメッセージ",
    "原始邮件",
)
_ABOVE_LINE = re.compile(
    r"[-_=*#\s]*(?:please\s)?(?:type|write|reply|enter)\b.{0,30}\babove this line\b.{0,40}",
    re.IGNORECASE,
)

FROM, DATE, TO, CC, SUBJECT = "from", "date", "to", "cc", "subject"
_LABELS = {
    FROM: "from von de da van fra från od lähettäjä от 差出人 发件人 寄件者 feladó kimden gönderen "
    "remitente expéditeur nadawca afsender avsender avsändare mittente absender remetente",
    DATE: "sent date enviado enviada fecha gesendet datum envoyé inviato data verzonden sendt "
    "dato skickat wysłano lähetetty päivämäärä odesláno отправлено дата 送信日時 日付 发送时间 "
    "日期 gönderildi tarih elküldve",
    TO: "to para an à a aan til till do komu vastaanottaja кому 宛先 收件人 收件者 kime címzett "
    "destinatario destinataire",
    CC: "cc kopie copie kopia kopi копия bcc 抄送",
    SUBJECT: "subject asunto betreff objet assunto oggetto onderwerp emne ämne temat aihe předmět "
    "тема 件名 主题 主旨 konu tárgy sujet",
}
_LABEL_OF = {word: field for field, words in _LABELS.items() for word in words.split()} | {
    "enviado el": DATE,
    "enviado em": DATE,
    "enviada em": DATE,
    "data/hora": DATE,
    "reply-to": CC,
}
_LABELLED = re.compile(
    r"[\s>*_|]*(?P<label>[^\W\d_][\w/-]*(?: (?:el|em))?)[*_]*\s?[:\uff1a][*_]*\s*"
)

_OPENERS = "on|el|am|le|em|il|op|den|på|w dniu|dnia|dne|vào|a|em data de"
_OPENS = re.compile(rf"(?:{_OPENERS})\s", re.IGNORECASE)
_OPENS_WITHIN = re.compile(r"(?<=[\s.-])(?:On|El|Am|Le|Em|Il|Op|Den)\s(?=.{0,40}\d)")
_WROTE = re.compile(
    r"(?:\b(?:wrote|writes|sent|said|escribió|escribio|schrieb|a écrit|escreveu|ha scritto|schreef"
    r"|geschreven|skrev|napisał(?:\(?a\)?)?|napsal(?:\(?a\)?)?|kirjoitti|написала?|đã viết"
    r"|şunu yazd\u0131|ezt írta|az alábbiakat írta)\b|写道|書きました)"
    r".{0,120}\s*[:\uff1a]?\s*[-*]*$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[:\uff1a]\s*[-*]*$|\bwrote\s*-*$")
_DATED_ADDRESS = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.{0,200}<\s*[^<>\s]+@[^<>\s]+>\s*:?$")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_DASHED_WROTE = re.compile(r"-{2,}\s*(?!on\b)[^\d>]{1,80}\bwrote\s*-{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The header lines of a quoted mail: field to value, and how many lines they are."""

    fields: dict[str, str]
    lines: int


def unquoted(line: str) -> str:
    """Return a line without quote marks, emphasis and blanks around it, cut to a length."""
    return QUOTED_PREFIX.sub("", line[:MAX_LINE], count=1).strip()


def is_forward_separator(line: str) -> bool:
    """Whether a mail program wrote this line above a mail that it forwards."""
    return _is_separator(line, _FORWARD_WORDS)


def is_original_separator(line: str) -> bool:
    """Whether a mail program wrote this line above the mail that is answered."""
    return _is_separator(line, _ORIGINAL_WORDS)


def is_above_line(line: str) -> bool:
    """Whether this is a help desk's line above which people are asked to write."""
    return bool(_ABOVE_LINE.fullmatch(unquoted(line)))


def _is_separator(line: str, words: tuple[str, ...]) -> bool:
    content = unquoted(line)
    bare = content.strip("-_=* \t:\uff1a").casefold().replace("\u2019", "'")
    if not bare.startswith(words):
        return False
    # Without dashes only a line of nothing else counts: "Begin forwarded message:".
    is_dashed = re.match(EDGE, content) is not None
    return is_dashed or (bare in words and content.endswith((":", "\uff1a")))


def attribution_length(lines: Sequence[str], index: int) -> int:
    """Return over how many lines "On Monday … wrote:" goes that begins at `index`, or 0."""
    first = unquoted(lines[index])
    if _DASHED_WROTE.fullmatch(first):
        return 1
    if not _may_open(first):
        return 0
    joined = ""
    for count, line in enumerate(lines[index : index + MAX_ATTRIBUTION_LINES], start=1):
        content = unquoted(line)
        if not content:
            return 0
        joined = f"{joined} {content}".strip()
        if len(joined) > MAX_LINE:
            return 0
        if is_attribution(joined):
            return count
    return 0


def is_attribution(text: str) -> bool:
    """Whether a text, its lines joined, says nothing but who wrote when."""
    if _DATED_ADDRESS.match(text):
        return True
    return _may_open(text) and names_writer(text) and any(map(str.isdigit, text))


def _may_open(text: str) -> bool:
    """Whether a text begins with a date, or with a word that stands before one."""
    bare = text.lstrip("- ")
    return bool(_OPENS.match(bare) or _TIME.match(bare))


def names_writer(line: str) -> bool:
    """Whether a line ends like an attribution: "Jane Doe wrote:"; only a quotation proves it."""
    text = unquoted(line)
    return bool(_ENDS.search(text) and _WROTE.search(text))


def attribution_within(line: str) -> int | None:
    """Return where "On Monday … wrote:" begins in a line that has other words before it."""
    if len(line) > MAX_LINE:
        return None
    for opening in _OPENS_WITHIN.finditer(line):
        rest = line[opening.start() :].strip()
        if is_attribution(rest) and _TIME.search(rest):
            return opening.start()
    return None


def header_block(lines: Sequence[str], index: int) -> HeaderBlock | None:
    """Return the header block of a quoted mail that begins at `index`, if one does.

    It needs a From with a date and a subject, or two lines of which one has an address: the
    labelled lines of a request ("From: Miami", "To: Tampa", "Date: Friday") are none.
    """
    if label_of(lines[index]) not in (FROM, DATE, SUBJECT):
        return None
    fields: dict[str, str] = {}
    last, end, blanks = "", index, 0
    for place in range(index, min(index + MAX_BLOCK_LINES, len(lines))):
        line = lines[place]
        label = label_of(line)
        if label is None and not unquoted(line):
            blanks += 1
            if blanks > 1 or len(fields) > 1:
                break
            continue
        if label is None and (blanks or not last or not _continues(fields[last], line)):
            break
        if label in fields:
            break
        blanks = 0
        end = place + 1
        value = _value(line) if label else unquoted(line)
        last = label or last
        fields[last] = f"{fields.get(last, '')} {value}".strip()
    return HeaderBlock(fields, end - index) if _is_block(fields) else None


def _continues(value: str, line: str) -> bool:
    """Whether `line` goes on with a wrapped list of addressees or a wrapped subject."""
    opened = value.count("<") > value.count(">") or value.count("[") > value.count("]")
    return opened or value.endswith((",", ";")) or line.startswith((" ", "\t"))


def _is_block(fields: dict[str, str]) -> bool:
    main = fields.keys() & {FROM, DATE, TO, SUBJECT}
    addressed = "@" in f"{fields.get(FROM, '')}{fields.get(TO, '')}"
    if FROM not in main:
        return addressed and {DATE, TO} <= main
    return {DATE, SUBJECT} <= main or (addressed and len(main) > 1)


def label_of(line: str) -> str | None:
    """Return which header field a line is, whatever the language of the mail program."""
    found = _LABELLED.match(line[:MAX_LINE].replace("\xa0", " "))
    return _LABEL_OF.get(found["label"].casefold()) if found else None


def _value(line: str) -> str:
    cut = line[:MAX_LINE].replace("\xa0", " ")
    found = _LABELLED.match(cut)
    return cut[found.end() :].strip() if found else ""

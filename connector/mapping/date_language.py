"""Words for days and times, English and Spanish, reduced to the few that the grammar knows."""

import re

from connector.mapping.words import without_accents

WEEKDAYS = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "wed": 2,
    "thursday": 3, "thurs": 3, "thur": 3, "thu": 3, "friday": 4, "fri": 4,
    "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip
MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4,
    "may": 5, "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8,
    "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10, "november": 11, "nov": 11,
    "december": 12, "dec": 12,
}  # fmt: skip
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip

NO_DATE = frozenset(
    (
        "", "asap", "as soon as possible", "as soon as you can", "as soon as u can", "soon", "now",
        "immediately", "immediate", "right away", "right now", "urgent", "urgently", "emergency",
        "whenever", "whenever you can", "when you can", "when possible", "anytime", "any time",
        "flexible", "none", "no", "no rush", "no hurry", "not urgent", "no deadline", "no date",
        "lo antes posible", "cuanto antes", "urgente", "inmediatamente", "inmediato", "ya",
        "cuando puedan", "sin prisa", "ninguna", "unknown", "not sure", "n/a", "tbd",
    )
)  # fmt: skip
"""Answers that name no date and are none the worse for it."""

IDIOMS = (
    (r"(?:the )?next (?:business|working) day", "in 1 business day"),
    (r"half an hour", "30 minutes"),
    (r"within the hour", "1 hour"),
    (r"a couple(?: of)?", "2"),
    (r"(?:the )?first of", "1st of"),
)
SPANISH = (
    (r"pasado manana", "day after tomorrow"),
    (r"(?:por|en) la manana", "morning"),
    (r"(?:por|en) la (?:tarde|noche)", "afternoon"),
    (r"de la manana", "in the morning"),
    (r"de la (?:tarde|noche)", "in the afternoon"),
    (r"manana", "tomorrow"),
    (r"hoy", "today"),
    (r"esta (?:tarde|noche)", "this afternoon"),
    (r"ayer", "yesterday"),
    (r"(?:a |al )?mediodia", "noon"),
    (r"(?:a )?medianoche", "midnight"),
    (r"(?:fin|final) del? (?:la )?dia", "eod"),
    (r"(?:final|finales|fines) de (?:la |esta )?semana", "end of week"),
    (r"(?:este )?fin de semana", "weekend"),
    (r"(?:fin|final) de mes", "end of month"),
    (r"(?:proxima semana|semana proxima|semana que viene|semana siguiente)", "next week"),
    (r"esta semana", "this week"),
    (r"(?:proximo|que viene|siguiente)", "next"),
    (r"este", "this"),
    (r"dentro de", "in"),
    (r"dias? (?:habil(?:es)?|laborables?)", "business days"),
    (r"dias?", "days"),
    (r"horas?", "hours"),
    (r"minutos?", "minutes"),
    (r"semanas?", "weeks"),
    (r"mes(?:es)?", "months"),
    (r"en", "in"),
    (r"a las?", "at"),
    (r"(?:antes del?|a mas tardar|para|el|las?|de|del)", ""),
    (r"lunes", "monday"),
    (r"martes", "tuesday"),
    (r"miercoles", "wednesday"),
    (r"jueves", "thursday"),
    (r"viernes", "friday"),
    (r"sabado", "saturday"),
    (r"domingo", "sunday"),
    (r"enero", "january"),
    (r"febrero", "february"),
    (r"marzo", "march"),
    (r"abril", "april"),
    (r"mayo", "may"),
    (r"junio", "june"),
    (r"julio", "july"),
    (r"agosto", "august"),
    (r"sep?tiembre", "september"),
    (r"octubre", "october"),
    (r"noviembre", "november"),
    (r"diciembre", "december"),
    (r"(?:una?|uno)", "one"),
    (r"dos", "two"),
    (r"tres", "three"),
    (r"cuatro", "four"),
    (r"cinco", "five"),
    (r"diez", "ten"),
)
REDUCTIONS = tuple((re.compile(rf"\b{word}\b"), plain) for word, plain in (*IDIOMS, *SPANISH))

FILLERS = re.compile(
    r"\b(?:no later than|not later than|at the latest|latest|or (?:sooner|earlier|before)|"
    r"if (?:at all )?possible|please|thanks|thank you|ideally|preferably|sometime|around|about|"
    r"approximately|needed|need it|need|due|done|by|before|until|till|on|at|for|the|por favor|"
    r"si es posible)\b"
)
ASAP = re.compile(r"\b(?:asap|as soon as possible|urgent(?:ly)?)\b[\s:-]*(?:but )?")
DOTTED = re.compile(r"(?<![^\W\d_])([ap])\.?\s?m\b\.?")
PUNCTUATION = re.compile(r"[,;!?()\"]|\.(?=\s|$)")
SPACES = re.compile(r"\s+")
MONTH_NAME = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")


def fold(words: str) -> str:
    """Return `words` without accents, case and punctuation, "p.m." as "pm"."""
    text = DOTTED.sub(r"\1m", without_accents(words))
    return squeeze(PUNCTUATION.sub(" ", text))


def reduce_words(folded: str) -> str:
    """Return folded words in the grammar's own English, polite and filling words left out."""
    text = folded
    for pattern, plain in REDUCTIONS:
        text = pattern.sub(plain, text)
    return squeeze(text)


def without_fillers(text: str) -> str:
    """Return `text` without the words that only lead to a date ("by", "no later than")."""
    return squeeze(FILLERS.sub(" ", text)).strip(" -.:")


def without_asap(folded: str) -> str:
    """Return folded words without an "ASAP" beside a date ("asap, friday at the latest")."""
    return squeeze(ASAP.sub(" ", folded)) or folded


def month_name_in(folded: str) -> bool:
    """Whether a month stands in the words by name, beside some number."""
    return bool(MONTH_NAME.search(reduce_words(folded))) and any(c.isdigit() for c in folded)


def squeeze(text: str) -> str:
    """Return `text` with single spaces."""
    return SPACES.sub(" ", text).strip()

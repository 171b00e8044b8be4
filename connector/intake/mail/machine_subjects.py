"""Subjects that machines write: weak evidence, which tells one kind of machine mail from another.

A person may write "My out of office does not work", so no subject ever makes a mail machine mail.
"""

import re

_AUTO_REPLY = re.compile(
    r"\s*(?:\[[^\[\]]{1,30}\]\s*)?(?:"
    r"auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|ooo\b|away from (?:my|the) "
    r"|vacation\b|on (?:vacation|leave)\b|abwesenheits|automatische antwort|abwesend\b"
    r"|nicht im b[üu]ro|respuesta autom[áa]tica|fuera de (?:la )?oficina|ausencia\b"
    r"|r[ée]ponse automatique|abs(?:ence|ent) du bureau|message d.absence|resposta autom[áa]tica"
    r"|aus[êe]ncia tempor|risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezig"
    r"|autosvar|automatiskt? svar|frånvaro|fravær|automaattinen vastaus"
    r"|odpowied[źz] automatyczna|automatick[áa] odpov|автоматический ответ|自動応答|自动答复)",
    re.IGNORECASE,
)
_BOUNCE = re.compile(
    r"\s*(?:undeliver(?:able|ed)|returned mail|return(?:ed)? to sender"
    r"|mail(?: system)? (?:delivery|error)|failure notice|failed delivery|delayed mail"
    r"|deliver(?:y|ed)? (?:status|failure|notification|has failed|report)"
    r"|warning: could not send|message (?:delayed|not delivered)|postmaster notify"
    r"|considered unsolicited|notice: mail delivery|unzustellbar|nicht zu(?:stellbar|gestellt)"
    r"|no se puede entregar|no entregado|non remis|impossible de remettre"
    r"|n[ãa]o (?:é possível entregar|entregue)|недоставлен)",
    re.IGNORECASE,
)


def is_auto_reply_subject(subject: str) -> bool:
    """Whether a subject begins as mail programs begin that of an automatic reply."""
    return bool(_AUTO_REPLY.match(subject[:200]))


def is_bounce_subject(subject: str) -> bool:
    """Whether a subject begins as mail servers begin that of a report on delivery."""
    return bool(_BOUNCE.match(subject[:200]))

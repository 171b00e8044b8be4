"""Whether an answer says nothing but thanks, so that it need not wake up a ticket.

In doubt it says more: a ticket that stays shut for a person who asked something is worse than
one looked at in vain.
"""

import re
from collections.abc import Iterable

from connector.mapping.words import phrase, without_accents

MAX_CHARS = 500


def _any_of(phrases: str) -> str:
    """Return a pattern for any of the phrases, the longest first."""
    return "|".join(sorted(phrases.split("|"), key=len, reverse=True))


_THANKS = _any_of(
    "thanks|thank you|thank u|thx|ty|tysm|many thanks|cheers|much appreciated|appreciated"
    "|appreciate it|i appreciate it|we appreciate it|gracias|muchas gracias|mil gracias"
    "|muchisimas gracias|se agradece|muy agradecido|muy agradecida|danke|danke schon|dankeschon"
    "|vielen dank|herzlichen dank|besten dank|merci|merci beaucoup|merci bien|grand merci"
    "|obrigado|obrigada|muito obrigado|muito obrigada|grazie|grazie mille|molte grazie|bedankt"
    "|dank je|dank u|dank je wel|dank u wel|hartelijk dank|tack|tack sa mycket|takk|tusen takk"
    "|tak|mange tak|mange takk|kiitos|dziekuje|dzieki|dekuji"
)
_FOR = "for|por|fur|pour|pela|pelo|per"
_SUCH = (
    "your|the|all|this|that|su|tu|la|el|ihre|die|deine|votre|ton|l|il|quick|fast|prompt|speedy"
    "|great|kind|rapida|pronta|schnelle|rapide|rapida"
)
_DEED = _any_of(
    "help|assistance|support|response|reply|service|work|time|update|info|information|everything"
    "|heads up|taking care of it|taking care of this|looking into it|looking into this|fixing it"
    "|fixing this|getting back to me|letting me know|letting us know|ayuda|apoyo|respuesta"
    "|atencion|todo|hilfe|unterstutzung|antwort|alles|aide|reponse|ajuda|resposta|aiuto"
)
_BESIDE = _any_of(
    "so much|very much|a lot|again|a million|a bunch|everyone|everybody|all|both|team|guys|sir"
    "|madam|noted|received|understood|got it|great|perfect|awesome|excellent|wonderful|ok|okay"
    "|hi|hello|hey|dear|good morning|good afternoon|good evening|have a great day|have a good day"
    "|have a nice day|have a good one|have a great weekend|have a good weekend|regards"
    "|kind regards|best regards|best|warm regards|sincerely|hola|buenos dias|buenas tardes"
    "|perfecto|excelente|recibido|entendido|saludos|un saludo|cordialmente|saludos cordiales"
    "|hallo|guten tag|super|mit freundlichen grussen|viele grusse|lg|mfg|bonjour|parfait"
    "|cordialement|bien cordialement|bonne journee|perfeito|atenciosamente|ciao|perfetto"
    "|cordiali saluti|saluti"
)
_THANKED = re.compile(f"(?<= )(?:{_THANKS})(?= )")
_FOR_WHAT = re.compile(f"(?<= )(?:{_FOR})(?: (?:{_SUCH})){{0,4}} (?:{_DEED})(?= )")
_POLITE = re.compile(f"(?<= )(?:{_BESIDE})(?= )")
_MORE = re.compile(r"[?¿]|\d")


def is_only_thanks(new_text: str, names: Iterable[str] = ()) -> bool:
    """Whether the new text of a reply only says thanks, in any of several languages.

    `names` are names that may stand in it, such as the sender's and the technician's. A
    question mark or a number makes it more than thanks.
    """
    if len(new_text) > MAX_CHARS or _MORE.search(new_text):
        return False
    said = f" {' '.join(phrase(without_accents(new_text)))} "
    rest = _THANKED.sub(" ", said)
    if rest == said:
        return False
    rest = _POLITE.sub(" ", _FOR_WHAT.sub(" ", " ".join(rest.split()).join("  ")))
    known = {word for name in names for word in phrase(without_accents(name[:200]))}
    return not set(rest.split()) - known

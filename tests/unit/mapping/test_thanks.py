"""Which answers say nothing but thanks."""

import pytest
from support.processor_time import takes_less_than

from connector.mapping.thanks import is_only_thanks

NAMES = ("Dana Marsh", "Ana Ruiz")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much for your help, Ana.\n\nBest regards,\nDana Marsh",
        "Perfect, thank you 👍",
        "Thanks for the quick response",
        "Got it, thanks. Have a great day!",
        "¡Muchas gracias por su ayuda!",
        "Gracias, Ana. Saludos",
        "Vielen Dank für die schnelle Hilfe!\nViele Grüße\nDana",
        "Merci beaucoup pour votre aide.",
        "Muito obrigada pela ajuda",
        "Grazie mille",
        "Danke schön",
        "Thank you, DANA MARSH",
        "Thanks! ".ljust(500, "!"),
    ],
)
def test_thanks_are_only_thanks(text):
    assert is_only_thanks(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "Best regards,\nDana Marsh",
        "Thanks, but it still jams.",
        "Thanks, help again",
        "Thanks for nothing",
        "No thanks",
        "Thanks. Please close it.",
        "Thank you. It works.",
        "Thanks, and the scanner?",
        "Thanks! Call me: 305 555 0101",
        "Gracias, pero no funciona",
        "Danke, geht aber nicht",
        "Thanks, I have it again",
        "Thanks, Zed",
        "Thanks! " * 100,
        "Thanksgiving",
    ],
)
def test_anything_more_is_more_than_thanks(text):
    assert not is_only_thanks(text, NAMES)


@pytest.mark.parametrize("piece", ["thanks for the ", "for the all ", " ", "ö\u0301"])
def test_a_hostile_text_is_read_in_bounded_time(piece):
    with takes_less_than(2):
        is_only_thanks(piece * 100_000, NAMES)
        is_only_thanks((piece * 500)[:500], NAMES)

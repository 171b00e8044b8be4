"""Settings become concrete objects here, and only here."""

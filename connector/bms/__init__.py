"""Kaseya BMS: sign-in, transport, look-ups, tickets."""

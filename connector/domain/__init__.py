"""The words of the connector as types: requests, mail, due dates, logins, plans, BMS's things.

Nothing here knows a clock, a file, a network or a database. Every moment is timezone-aware;
moments that travel between modules are in UTC unless their name says otherwise.
"""

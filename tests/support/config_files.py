"""The least config.yaml that works, for tests that change a line of it."""

from collections.abc import Callable
from pathlib import Path

LEAST = """\
timezone: America/New_York
bms:
  base_url: https://api.bms.kaseya.com
  tenant: securenet
  username: api.connector@securenetmsp.com
  password: ${BMS_PASSWORD}
state: sqlite:///connector.db            # or postgresql://… when several hosts share the work
mappings: mappings
catch_all: {account: Unmatched Requests, contact: unmatched@securenetmsp.com}
sources:
  - {name: drop, type: folder, path: inbox, form: members}    # *.eml are e-mails, *.json forms
"""
PASSWORD = {"BMS_PASSWORD": "correct horse"}

Write = Callable[[str], Path]
"""Writes a text into config.yaml of a fresh folder, and returns its path."""

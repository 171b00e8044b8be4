"""`python -m connector` is `bms-connector`."""

from connector.cli import main

main()

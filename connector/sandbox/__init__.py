"""A BMS to play with: the operations we use, on a sample tenant."""

from connector.sandbox.exchange import Exchange
from connector.sandbox.sandbox import Sandbox

__all__ = ["Exchange", "Sandbox"]

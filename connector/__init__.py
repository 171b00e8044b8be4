"""BMS connector: what clients send becomes complete tickets in Kaseya BMS."""

__version__ = "0.1.0"

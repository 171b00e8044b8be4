"""What goes out: acknowledgements to requesters, alerts to our own people."""

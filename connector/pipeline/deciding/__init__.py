"""What becomes of a request: a ticket, a note on one, or neither. Reads, and changes nothing."""

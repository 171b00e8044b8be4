"""What every sign-in shares, whichever service it is at: tokens, and care with refused ones."""

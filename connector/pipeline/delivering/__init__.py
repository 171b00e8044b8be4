"""Carrying out what was decided: each request once, several at a time, each call at most once."""

"""Intake: sources and the parsing of what they hand over."""

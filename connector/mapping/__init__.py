"""Mapping: what a request means in BMS's words. Pure rules over the files in `mappings/`."""

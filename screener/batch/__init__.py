"""Screening of many patients at once, by SQL from the same rules."""

"""Screener: a pre-screening aid for cell-therapy trials. It never says "eligible"; the trial team decides."""

__version__ = "0.1.0"

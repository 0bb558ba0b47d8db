"""Checklists on paper and screen: one file per format."""

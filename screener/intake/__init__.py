"""Intake files of many patients: from the bytes of a file to columns of text whose meaning is known."""

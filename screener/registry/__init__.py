"""The registry ClinicalTrials.gov: its studies read, found, fetched, kept and watched."""

"""Patients who stand on each threshold of a trial and one step to either side of it, made from the rules themselves."""

from screener.boundary.probes import Probe, Stands, probes, step
from screener.boundary.rows import Row, base_patient, boundary_rows

__all__ = ["Probe", "Row", "Stands", "base_patient", "boundary_rows", "probes", "step"]

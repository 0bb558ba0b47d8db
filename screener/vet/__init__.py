"""Whether a page on a treatment speaks of a real trial: signals and red flags, each with the words it was seen in."""

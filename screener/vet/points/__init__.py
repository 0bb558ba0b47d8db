"""What a page says of a trial beside what its record says: one module for each thing that both speak of."""

"""The lower half: reads only the scored table, needs no model."""

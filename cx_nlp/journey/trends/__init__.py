"""Change over time: what rises, what is out of the ordinary, what changed its level."""

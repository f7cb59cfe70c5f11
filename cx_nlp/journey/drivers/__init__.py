"""What moves the rating: how much, in which direction, and for whom."""

"""Where a complaint starts: earlier experiences of the same customers, and what the texts say themselves."""

"""Whether a fix did what its plan said: the plan, what the data can show, and the verdict."""

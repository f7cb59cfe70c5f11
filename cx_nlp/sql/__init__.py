"""Runs put into a database, where BI tools read them, and comments read out of one (extra `sql`)."""

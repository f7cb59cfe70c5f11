"""Counts, shares and what they are worth: per touchpoint, factor, stage, channel, segment and team."""

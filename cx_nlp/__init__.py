"""Customer-feedback tags for Vietnamese and English: touchpoint, sentiment, success factor, with their spans."""

__version__ = "0.1.0"

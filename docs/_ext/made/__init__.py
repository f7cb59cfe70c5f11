"""The parts of pages that are made of the package."""

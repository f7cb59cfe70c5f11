"""Findings to page and workbook."""

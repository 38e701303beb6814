"""The fault report as files: HTML and CSV."""

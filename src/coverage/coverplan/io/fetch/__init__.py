"""Fetching a named place from OpenStreetMap."""

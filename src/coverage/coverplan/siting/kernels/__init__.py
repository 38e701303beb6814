"""The compiled loops of the covering search, kept apart so that they are compiled once."""

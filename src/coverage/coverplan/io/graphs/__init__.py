"""Road graphs of osmnx, from files and from memory."""

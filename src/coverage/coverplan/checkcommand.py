"""``coverplan check``: every fault of a study's files, before anything is computed."""

"""``coverplan fetch``: boundaries, roads and facilities of a named place."""

"""``coverplan init``: a commented study file from a folder of files."""

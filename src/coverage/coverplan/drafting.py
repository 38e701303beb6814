"""A study file drafted from what lies in a folder."""

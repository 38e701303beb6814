"""Floor 4: showing results. Nothing here computes a figure; no data type draws itself."""

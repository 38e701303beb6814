"""Floor 0: errors, bilingual text, coordinate systems. Knows nothing of the domain."""

"""The parts of the p-median search: lists of near sites, exchanges, bounds, the reduced model."""

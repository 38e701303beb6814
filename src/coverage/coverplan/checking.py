"""Everything that is wrong with a study, what it touches, and how to mend it."""

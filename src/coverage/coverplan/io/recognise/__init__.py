"""What each file of a folder could be, with reasons."""

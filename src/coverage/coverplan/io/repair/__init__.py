"""Mending road files whose lines are not cut at junctions."""

"""Rung 5 of the ladder: all matches of the dictionary are weighed by boosted trees, and the best set of links is chosen."""

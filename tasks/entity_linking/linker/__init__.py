"""Rung 5 of the ladder: boosted trees weigh all matches of the dictionary, and the best set of links is chosen."""

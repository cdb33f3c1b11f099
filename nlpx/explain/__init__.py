"""Saliency maps: which units of a text made a model decide as it did, by one of several methods."""

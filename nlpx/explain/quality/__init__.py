"""How good maps are: whether the model goes by what they point at, and whether people would point at it, too."""

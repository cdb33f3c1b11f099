"""Given terms and the names they mean: likeness that is learned from pairs of both."""

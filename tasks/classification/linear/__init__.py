"""The linear classifier over n-grams."""

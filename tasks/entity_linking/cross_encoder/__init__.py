"""A cross-encoder: text and what is told about a candidate, read together, for the few candidates that are likely."""

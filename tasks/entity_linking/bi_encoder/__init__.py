"""A bi-encoder: texts with mentions, and entities, as vectors whose angle says whether they belong together."""

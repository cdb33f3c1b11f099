"""Pretraining of a transformer on raw text: texts, vocabulary, packed blocks, masks."""

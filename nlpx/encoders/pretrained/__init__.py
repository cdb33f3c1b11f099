"""Checkpoints of BERT and its relatives: what they are, how they are read and written, and their tokenizers."""

"""Checkpoints of BERT and its relatives: what they are, what their weights are called, how they are read and written."""

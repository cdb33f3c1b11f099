"""The training engine every task shares: batches, optimiser, fit loop, checkpoints, weights."""

"""Transformers that read official weights: one core, and what its relatives do differently."""

from nlpx.layers.bert.albert import Albert
from nlpx.layers.bert.bert import Bert
from nlpx.layers.bert.nezha import Nezha
from nlpx.layers.bert.roformer import RoFormer

__all__ = ["Albert", "Bert", "Nezha", "RoFormer"]

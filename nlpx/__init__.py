"""nlpx: an experiment runner for NLP competition pipelines."""

__version__ = "0.1.0"

"""All methods: a new one is a file with a class, and a line here. The order is that of `auto`, the best first."""

from nlpx.explain.methods.gradient_x_input import GradientTimesInput
from nlpx.explain.methods.random import Random

__all__ = ["GradientTimesInput", "Random"]

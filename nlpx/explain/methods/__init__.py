"""All methods: a new one is a file with a class, and a line here."""

from nlpx.explain.method import Method
from nlpx.explain.methods.gradient import Gradient
from nlpx.explain.methods.gradient_x_input import GradientTimesInput
from nlpx.explain.methods.integrated_gradients import IntegratedGradients
from nlpx.explain.methods.occlusion import Occlusion
from nlpx.explain.methods.random import Random
from nlpx.explain.methods.smoothgrad import SmoothGrad
from nlpx.explain.methods.state_drop import StateDrop

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (
        IntegratedGradients,
        Occlusion,
        SmoothGrad,
        GradientTimesInput,
        StateDrop,
        Gradient,
        Random,
    )
}
"""Each method by its name, the most faithful first (docs/explain.md); `auto` takes the first that suits."""

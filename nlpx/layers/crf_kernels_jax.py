"""The compiler and the choice of the CRF on JAX; `keras.ops.scan` is `jax.lax.scan` there and needs no help."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under `jax.jit`; a distinct shape costs a compilation. Keyword arguments are static."""

    @functools.cache
    def jitted(static: tuple[tuple[str, Any], ...]) -> Callable[..., Any]:
        return jax.jit(functools.partial(function, **dict(static)))

    @functools.wraps(function)
    def run(*tensors: Any, jit_compile: bool = True, **static: Any) -> Any:
        if not jit_compile:
            return function(*tensors, **static)
        return jitted(tuple(sorted(static.items())))(*tensors)

    return run


def choose(condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """`keras.ops.cond`, but outside of a trace only the branch taken is compiled, and not anew at every call."""
    if isinstance(condition, jax.core.Tracer):
        return jax.lax.cond(condition, yes, no)
    return yes() if condition else no()

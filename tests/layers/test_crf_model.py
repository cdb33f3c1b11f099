"""The CRF at the end of a user's own Keras model: compile, fit, predict, save, load, in both backends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.layers import CRF, CRFModel, SoftmaxTags

rng = np.random.default_rng(0)
TEXTS = np.where(np.arange(8) < rng.integers(2, 9, (64, 1)), rng.integers(1, 20, (64, 8)), 0)
# A tag that only the neighbour tells: whether the token before was even.
TAGS = np.pad(TEXTS[:, :-1] % 2 == 0, ((0, 0), (1, 0))).astype("int32") * (TEXTS > 0)


def tagger(explicit_mask: bool = False, head: Any = None) -> CRFModel:
    keras.utils.set_random_seed(0)
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    x = keras.layers.Embedding(20, 16, mask_zero=not explicit_mask)(tokens)
    x = keras.layers.SimpleRNN(16, return_sequences=True)(x)
    x = keras.layers.Dense(2)(x)
    head = head or CRF(2)
    return CRFModel(tokens, head(x, mask=tokens > 0) if explicit_mask else head(x))


def fitted(**options: Any) -> CRFModel:
    model = tagger(**options)
    model.compile(keras.optimizers.Adam(0.05), metrics=["sparse_categorical_accuracy"])
    history = model.fit(TEXTS, TAGS, epochs=15, batch_size=32, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] / 3
    return model


@pytest.mark.parametrize("explicit_mask", [False, True], ids=["mask_zero", "explicit"])
def test_fit_predict_save_load(explicit_mask: bool, tmp_path: Path) -> None:
    model = fitted(explicit_mask=explicit_mask)
    predicted = model.predict(TEXTS, verbose=0)
    assert predicted.dtype == np.int32
    assert np.mean(predicted[TEXTS > 0] == TAGS[TEXTS > 0]) > 0.95
    assert np.all(predicted[TEXTS == 0] == 0)
    model.save(tmp_path / "tagger.keras")
    loaded = keras.saving.load_model(tmp_path / "tagger.keras")
    assert type(loaded) is CRFModel
    np.testing.assert_array_equal(loaded.predict(TEXTS, verbose=0), predicted)
    assert loaded.evaluate(TEXTS, TAGS, verbose=0) == pytest.approx(model.evaluate(TEXTS, TAGS, verbose=0))
    loaded.fit(TEXTS, TAGS, epochs=1, verbose=0)  # training goes on, optimiser included


def test_both_masks_and_longer_padding_say_the_same() -> None:
    implicit, explicit = tagger(), tagger(explicit_mask=True)
    for model in (implicit, explicit):
        model.compile("adam")
    explicit.set_weights(implicit.get_weights())
    losses = [m.evaluate(t, y, verbose=0) for m in (implicit,) for t, y in padded()]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def padded() -> list[tuple[np.ndarray, np.ndarray]]:
    return [(TEXTS, TAGS), (np.pad(TEXTS, ((0, 0), (0, 3))), np.pad(TAGS, ((0, 0), (0, 3))))]


def test_loss_is_that_of_the_head_with_its_mask() -> None:
    model = tagger()
    model.compile("adam")
    want = np.mean(ops.convert_to_numpy(model.head.loss(model(TEXTS), TAGS, TEXTS > 0)))
    assert model.evaluate(TEXTS, TAGS, verbose=0) == pytest.approx(want, rel=1e-5)


def test_unknown_tags_train_too() -> None:
    model = tagger()
    model.compile(keras.optimizers.Adam(0.05))
    allowed = np.eye(2, dtype=bool)[TAGS] | (np.random.default_rng(0).random((*TAGS.shape, 1)) < 0.5)
    model.fit(TEXTS, allowed, epochs=20, verbose=0)
    predicted = model.predict(TEXTS, verbose=0)
    assert np.mean(predicted[TEXTS > 0] == TAGS[TEXTS > 0]) > 0.9


def test_sample_weights_choose_rows() -> None:
    model = tagger()
    model.compile("adam")
    weights = (np.arange(64) < 16).astype("float32")
    whole = model.evaluate(TEXTS, TAGS, sample_weight=weights, batch_size=16, verbose=0)
    part = model.evaluate(TEXTS[:16], TAGS[:16], batch_size=16, verbose=0)
    assert whole * 4 == pytest.approx(part, rel=1e-5)


def test_other_heads_fit_as_well(tmp_path: Path) -> None:
    model = fitted(head=SoftmaxTags(2))
    model.save(tmp_path / "tagger.keras")
    loaded = keras.saving.load_model(tmp_path / "tagger.keras")
    np.testing.assert_array_equal(loaded.predict(TEXTS, verbose=0), model.predict(TEXTS, verbose=0))


def test_misuse_says_what_to_do() -> None:
    model = tagger()
    model.compile("adam")
    with pytest.raises(ValueError, match="CRFModel wants tags"):
        model.evaluate(TEXTS, verbose=0)
    tokens = keras.Input((4, 2))
    with pytest.raises(ValueError, match="wants one CRF, MEMM or SoftmaxTags"):
        _ = CRFModel(tokens, keras.layers.Dense(2)(tokens)).head


def test_a_model_compiled_as_a_whole_learns_the_same() -> None:
    losses = []
    for jit_compile in (True, False):
        model = tagger()
        model.compile(keras.optimizers.Adam(0.05), jit_compile=jit_compile)
        losses.append(model.fit(TEXTS, TAGS, epochs=2, shuffle=False, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-3)


def test_batches_of_any_length() -> None:
    model = tagger()
    model.compile(keras.optimizers.Adam(0.05))
    batches = [(TEXTS[:, :length], TAGS[:, :length]) for length in (8, 5, 7, 3)]
    history = model.fit(
        (b for b in batches * 5), shuffle=False, steps_per_epoch=4, epochs=5, verbose=0
    ).history
    assert history["loss"][-1] < history["loss"][0]


JAX = "save_load and mask_zero"


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="starts the second backend once")
def test_the_same_on_jax(project: Path) -> None:
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", JAX]
    result = subprocess.run(
        command, env=environment, cwd=project, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-3000:]

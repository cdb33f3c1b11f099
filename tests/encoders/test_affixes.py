"""How words begin, end and look."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from nlpx.encoders.encoder import Encoder
from nlpx.encoders.gru import GRUConfig
from nlpx.encoders.inputs.affixes import PARTS, parts
from nlpx.layers.parts_embedding import PartsEmbedding

CONFIG = {"units": 4, "inputs": {"unit": "word", "affixes": {"size": 3, "min_count": 1}}}


def test_parts_of_a_word() -> None:
    wanted = ("<hi", "iv>", "<hiv", "hiv>", "<hiv", "hiv>", "=A+")
    assert parts("hiv", "HIV") == wanted
    assert len(parts("a", "a")) == PARTS


def test_words_that_end_alike_share_what_an_unknown_word_shows(tmp_path: Path) -> None:
    encoder = Encoder(GRUConfig.model_validate(CONFIG))
    encoder.fit(["melanoma grows", "a Lymphoma"])
    known, new = (encoder.featurize(text)["affixes"] for text in ("melanoma", "carcinoma"))
    assert known.shape == new.shape == (1, PARTS)
    same = known == new
    assert list(same[0]) == [False, True, False, True, False, True, True]
    encoder.save(tmp_path)
    loaded = Encoder.load(encoder.config, tmp_path)  # type: ignore[arg-type]
    np.testing.assert_array_equal(
        loaded.featurize("sarcoma")["affixes"], encoder.featurize("sarcoma")["affixes"]
    )


@pytest.mark.parametrize("length", [1, 4])
def test_vectors_of_the_parts_stand_one_after_another(length: int) -> None:
    layer = PartsEmbedding(9, 2, name="affixes")
    ids = np.arange(2 * length * 3).reshape(2, length, 3) % 9
    vectors = keras.ops.convert_to_numpy(layer(ids))
    assert vectors.shape == (2, length, 6) == tuple(layer.compute_output_shape(ids.shape))
    table = keras.ops.convert_to_numpy(layer.embeddings)
    np.testing.assert_array_equal(vectors[1, 0], table[ids[1, 0]].ravel())

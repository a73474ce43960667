"""Files after `lstmlint --fix`: Keras 3 loads them, and a file that loaded before computes the same."""

from __future__ import annotations

import json
import os
import warnings

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")
if not keras.__version__.startswith("3."):
    pytest.skip("this needs Keras 3", allow_module_level=True)
import numpy as np  # noqa: E402

from lstmlint import Options  # noqa: E402
from lstmlint.fixing import fix  # noqa: E402
from tests.test_fix import FIXED, keras2, keras3  # noqa: E402

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]
CASES = [
    *(keras3(class_name, before) for make, class_name, before, _ in FIXED if make is not keras2),
    keras3("Embedding", ', "input_dim": 9, "output_dim": 4, "input_length": 13', "[null, 13]"),
    keras3("Dense", ', "units": 2').replace('"batch_shape"', '"colour": "red", "batch_shape"'),
    keras3("Dense", ', "units": 2, "units": 3'),
]


@pytest.mark.parametrize("text", CASES)
def test_keras_loads_what_was_fixed(text: str) -> None:
    fixed = fix(text.encode(), "m.json", Options())
    assert fixed.edits
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        new = keras.models.model_from_json(fixed.after)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old = keras.models.model_from_json(text)
    except (ValueError, TypeError):
        return  # as in most findings
    old.set_weights(new.get_weights())
    given = np.random.default_rng(0).integers(-3, 3, (2, *new.input_shape[1:])).astype("float32")
    given = np.abs(given) if "Embedding" in text else given
    assert np.array_equal(old(given), new(given))
    assert json.loads(old.to_json()) == json.loads(new.to_json())

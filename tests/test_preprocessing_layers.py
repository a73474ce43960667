"""Preprocessing layers: messages, nested layers and opaque values, which the recorded rows do not cover."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.inference import Bindings, InferenceContext
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import Shape, Tensor, tensors_in
from lstmlint.parsing.common import Names
from lstmlint.parsing.keras2 import parse_layer as parse_keras2
from lstmlint.parsing.keras3 import parse_layer

TEXT = {"standardize": "lower", "split": "whitespace", "ngrams": None}


class Ran:
    """Call one layer once; return its outputs, weights and problems."""

    def __init__(self, class_name: str, config: dict[str, Any], inputs: Any, dialect: Any = "keras3") -> None:
        run = InferenceContext(dialect, Bindings())
        written = {"class_name": class_name, "config": config}
        names = Names()
        spec = (
            parse_layer(written, "", names, 0) if dialect == "keras3" else parse_keras2(written, "", names, dialect, 0)
        )
        self.layer = run.make_cached(spec)
        outputs = run.apply(self.layer, [inputs], {})
        self.shapes: list[Shape] = [tensor.shape for tensor in tensors_in(outputs)]
        self.weights = [(weight.name, weight.shape, weight.trainable) for weight in self.layer.all_weights()]
        self.problems: list[Problem] = run.problems

    @property
    def said(self) -> str:
        """Return the only problem."""
        (problem,) = self.problems
        return f"{problem.code} {problem.message} | {problem.help}"


def images(*shape: int | None) -> Tensor:
    return Tensor(shape or (None, 8, 9, 3))


def words(*shape: int | None) -> Tensor:
    return Tensor(shape or (None, 1), "string")


def inner(class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": class_name, "config": config}


def test_a_pipeline_runs_its_layers() -> None:
    layers = [inner("RandomFlip"), inner("Resizing", height=4, width=5), inner("Dense", units=2, name="d")]
    ran = Ran("Pipeline", {"layers": layers}, images())
    assert ran.shapes == [(None, 4, 5, 2)]
    assert ran.weights == [("d/kernel", (3, 2), True), ("d/bias", (2,), True)]
    assert not ran.problems
    assert ran.layer.macs([(None, 8, 9, 3)], [(None, 4, 5, 2)]) is None


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({}, "E006"),
        ({"layers": None}, "E007"),
        ({"layers": []}, "E007"),
        ({"layers": [inner("ReLU")], "dtype": "float32"}, "E005"),
    ],
)
def test_a_pipeline_without_layers_is_refused(config: dict[str, Any], code: str) -> None:
    assert Ran("Pipeline", config, images()).said.startswith(code)


def test_what_a_saved_config_must_say_is_named_and_the_layer_still_known() -> None:
    ran = Ran("Rescaling", {"scale": 2}, images())
    assert "has no offset" in ran.said
    assert '"offset": 0.0' in ran.said
    assert ran.shapes == [(None, 8, 9, 3)]
    assert not Ran("Rescaling", {"scale": 2}, images(), "keras2").problems
    missing = Ran("TextVectorization", {}, words())
    assert [problem.message.split()[3].rstrip(";") for problem in missing.problems] == [
        "standardize",
        "split",
        "ngrams",
    ]
    assert len(Ran("TextVectorization", {}, words(), "keras2").problems) == 2


def test_a_vocabulary_in_a_file_is_refused_by_keras_3_and_not_opened() -> None:
    config = {"vocabulary": "/no/such/vocabulary.txt", "output_mode": "count"}
    assert "refuses to open files outside of the model" in Ran("StringLookup", config, words()).said
    older = Ran("StringLookup", config, words(), "keras2")
    assert not older.problems
    assert older.shapes == []


def test_a_custom_function_of_tf_keras_is_a_warning_and_hides_the_shape_only_where_it_splits() -> None:
    standardize = Ran("TextVectorization", {**TEXT, "standardize": "mine"}, words(), "keras2")
    assert "loads only with custom_objects" in standardize.said
    assert standardize.problems[0].severity == "warning"
    assert "custom_objects" in standardize.problems[0].help
    assert standardize.shapes == [(None, None)]
    split = Ran("TextVectorization", {**TEXT, "split": {"class_name": "function"}}, words(), "keras2")
    assert split.shapes == []
    assert not split.problems


def test_features_of_a_feature_space() -> None:
    assert Ran("TFDIdentity", {}, Tensor((None, 1), "int32")).shapes == [(None, 1)]
    assert Ran("TFDConcat", {"axis": -1}, [Tensor((None, 4)), Tensor((None, 1))]).shapes == [(None, 5)]


def test_random_fourier_features_train_only_their_scale_and_only_where_told() -> None:
    for trainable in (False, True):
        ran = Ran("RandomFourierFeatures", {"output_dim": 5, "trainable": trainable}, Tensor((None, 3)), "keras2")
        assert ran.weights == [
            ("kernel_scale", (1,), trainable), ("unscaled_kernel", (3, 5), False), ("bias", (5,), False)
        ]  # fmt: skip
        assert ran.shapes == [(None, 5)]
        assert ran.layer.macs([(None, 3)], [(None, 5)]) == 15
        assert ran.layer.output_dtype(Tensor((None, 3))) == "float32"
    for config in ({"output_dim": 5, "scale": 0}, {"output_dim": 5, "kernel_initializer": "x"}):
        assert Ran("RandomFourierFeatures", config, Tensor((None, 3)), "keras2").said.startswith("E007")


def test_feature_columns_are_known_and_opaque() -> None:
    ran = Ran("DenseFeatures", {"feature_columns": []}, Tensor((None, 3)), "keras2")
    assert ran.layer.known
    assert not ran.layer.all_known()
    assert ran.shapes == []
    assert ran.layer.macs([None], [None]) is None
    assert not ran.problems


def test_the_work_of_a_short_time_fourier_transform() -> None:
    ran = Ran("STFTSpectrogram", {"frame_length": 16, "name": "s"}, Tensor((None, 64, 3)))
    assert ran.weights == [("real_kernel", (16, 1, 9), True), ("imag_kernel", (16, 1, 9), True)]
    assert ran.shapes == [(None, 7, 27)]
    assert ran.layer.macs([(None, 64, 3)], [(None, 7, 27)]) == 7 * 3 * 16 * 9 * 2
    assert ran.layer.macs([None], [None]) is None
    assert "S103" in Ran("STFTSpectrogram", {}, Tensor((None, 64, 3))).said


def test_a_dict_of_images_and_boxes() -> None:
    boxes = {"boxes": Tensor((None, 7, 4)), "labels": Tensor((None, 7))}
    ran = Ran("MaxNumBoundingBoxes", {"max_number": 3}, {"images": images(), "bounding_boxes": boxes})
    assert ran.shapes == [(None, 3, 4), (None, 3), (None, 8, 9, 3)]
    flipped = Ran("RandomFlip", {}, {"images": images(), "labels": [Tensor((None, 2))]})
    assert flipped.shapes == [(None, 8, 9, 3), (None, 2)]
    assert Ran("Resizing", {"height": 4, "width": 4}, {"images": images(), "labels": Tensor((None, 2))}).shapes == []


@pytest.mark.parametrize(
    ("class_name", "config", "inputs", "message"),
    [
        ("StringLookup", {"output_mode": "count"}, words(), "needs its vocabulary before it is called"),
        ("StringLookup", {"output_mode": "int", "dtype": "float32"}, words(), "dtype of StringLookup is float32"),
        ("TextVectorization", {**TEXT, "dtype": "float32"}, words(), "tf_keras takes only string"),
        ("TextVectorization", {**TEXT, "ragged": True, "output_sequence_length": 3}, words(), "is ragged"),
        ("TextVectorization", TEXT, words(None, 3), "splits strings, one per sample"),
        ("TextVectorization", TEXT, Tensor((), "string"), "gets a scalar"),
        ("Rescaling", {"scale": [1, 2]}, images(), "does not fit the input"),
        ("Rescaling", {"scale": None}, images(), "E007 scale"),
        ("Discretization", {"num_bins": 3, "bin_boundaries": [1.0]}, images(), "both num_bins and bin_boundaries"),
        ("HashedCrossing", {"num_bins": 4}, [Tensor((None, 1)), words()], "takes integers or strings"),
        ("RandomFlip", {"mode": "x"}, images(), "E007 mode"),
        ("CenterCrop", {"height": 0, "width": 4}, images(), "E007 height"),
    ],
)
def test_what_tf_keras_refuses_is_said(class_name: str, config: dict[str, Any], inputs: Any, message: str) -> None:
    assert message in Ran(class_name, config, inputs, "keras2").said


@pytest.mark.parametrize(
    ("class_name", "config", "inputs", "message"),
    [
        ("RandomFlip", {"seed": "x"}, images(), "E007 seed"),
        ("RandomZoom", {"height_factor": -1}, images(), "E007 height_factor"),
        ("RandomColorDegeneration", {"factor": 1}, images(None, 8, 9, 4), "needs 3 channels, but gets 4"),
        ("CenterCrop", {"height": 4, "width": 4}, images(None, 9), "S101"),
        ("HashedCrossing", {"num_bins": 4}, [words(), words(), words()], "S122"),
        ("STFTSpectrogram", {"mode": "x"}, Tensor((None, 64, 3)), "E007 mode"),
        ("STFTSpectrogram", {"frame_length": 8, "frame_step": 9}, Tensor((None, 64, 3)), "E007 frame_step"),
        ("STFTSpectrogram", {"frame_length": 1}, Tensor((None, 64, 3)), "its default frame_step is 0"),
        ("STFTSpectrogram", {"fft_length": 9}, Tensor((None, 64, 3)), "E007 fft_length"),
        ("STFTSpectrogram", {"window": "kaiser"}, Tensor((None, 64, 3)), "E007 window"),
        ("MelSpectrogram", {"fft_length": 4, "sequence_length": 8}, Tensor((None, 64)), "E007 sequence_length"),
        ("MelSpectrogram", {"sampling_rate": "x"}, Tensor((None, 64)), "E007 sampling_rate"),
        ("MelSpectrogram", {"sequence_stride": 0}, Tensor((None, 64)), "E007 sequence_stride"),
        ("CategoryEncoding", {}, words(), "has no num_tokens"),
        ("Normalization", {"axis": "x"}, images(), "E007 axis"),
        ("Normalization", {"axis": [-1, 3]}, images(), "contains an axis twice"),
        ("Normalization", {"mean": [1.0], "variance": 1.0}, images(), "have different shapes"),
        ("Normalization", {"mean": [[1.0]], "variance": [[1.0]]}, images(), "has 2 axes, but axis keeps only 1"),
        ("Normalization", {"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, images(), "the kept axes have (3,)"),
        ("TextVectorization", {**TEXT, "split": "x"}, words(), "E007 split"),
        ("TextVectorization", {**TEXT, "ngrams": "x"}, words(), "E007 ngrams"),
        ("TextVectorization", {**TEXT, "ragged": True, "output_mode": "count"}, words(), "E007 ragged"),
        ("StringLookup", {"pad_to_max_tokens": True}, words(), "max_tokens is not set"),
        ("StringLookup", {"max_tokens": 1}, words(), "E007 max_tokens"),
        ("StringLookup", {"mask_token": 3}, words(), "E007 mask_token"),
        ("StringLookup", {"oov_token": None, "invert": True}, words(), "E007 oov_token"),
        ("STFTSpectrogram", {"periodic": 1}, Tensor((None, 640, 3)), "E007 periodic"),
        ("RandomFlip", {"seed": -1}, images(), "E007 seed"),
        ("IntegerLookup", {"vocabulary_dtype": "string"}, words(), "E007 vocabulary_dtype"),
        ("StringLookup", {"vocabulary": ["a"], "output_mode": "tf_idf"}, words(), "but no idf_weights"),
        ("StringLookup", {"invert": True, "output_mode": "count"}, words(), "has invert=true"),
        ("StringLookup", {"idf_weights": [1]}, words(), "has idf_weights, but output_mode is int"),
        ("StringLookup", {"vocabulary": [1]}, words(), "contains values that are not strings"),
        ("StringLookup", {"vocabulary": [None]}, words(), "contains more than strings"),
        ("StringLookup", {"vocabulary": ["b", "[UNK]"], "invert": True}, words(), "among the others"),
        ("StringLookup", {"vocabulary": ["a"], "vocabulary_size": 9, "output_mode": "count"}, words(), "has 2 tokens"),
        ("IntegerLookup", {"vocabulary_dtype": "int32"}, words(), "E007 vocabulary_dtype"),
        ("IntegerLookup", {"salt": 3}, words(), "oov_method"),
        ("HashedCrossing", {"num_bins": 4}, [words(None, 2), words(None, 3)], "S113"),
        ("StringLookup", {"vocabulary": ["a", "b", "a"]}, words(), 'contains "a" more than once'),
        ("StringLookup", {"vocabulary": ["a", "b"], "max_tokens": 2}, words(), "Set max_tokens to 3 or more"),
        ("StringLookup", {"vocabulary": ["[UNK]"]}, words(), "only the special tokens"),
        ("IntegerLookup", {"vocabulary": ["a"]}, words(), "holds strings"),
        ("Normalization", {"mean": 1.0}, images(), "has a mean but no variance"),
        ("Normalization", {"axis": 4}, images(), "S111 axis 4"),
        ("Normalization", {"axis": [1, 2]}, images(None, None, 9, 3), "S106"),
        ("Discretization", {}, images(), "neither num_bins nor bin_boundaries"),
        ("Discretization", {"num_bins": 3, "activity_regularizer": None}, images(), "E005"),
    ],
)
def test_what_is_refused_is_said(class_name: str, config: dict[str, Any], inputs: Any, message: str) -> None:
    assert message in Ran(class_name, config, inputs).said

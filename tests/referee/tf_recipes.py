"""Example calls of TensorFlow's functions in functional tf.keras models.

A recipe receives the module `tensorflow` and `i`, which creates an input: i(None, 4, dtype="int32").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Recipe = Callable[[Any, Any], Any]


def symbol(tf: Any, name: str) -> Any:
    """Return `tf.math.multiply` for "math.multiply"."""
    for part in name.split("."):
        tf = getattr(tf, part)
    return tf


def calls(names: str, *recipes: Callable[[Any, Any], Any]) -> dict[str, Recipe]:
    """Register the same calls for several functions."""

    def bound(name: str, recipe: Callable[[Any, Any], Any]) -> Recipe:
        return lambda tf, i: recipe(symbol(tf, name), i)

    return {f"{name} {n}": bound(name, recipe) for name in names.split() for n, recipe in enumerate(recipes)}


RECIPES: dict[str, Recipe] = {
    **calls(
        "math.abs math.acos math.acosh math.asin math.asinh math.atan math.atanh math.bessel_i0 math.ceil math.cos math.cosh"
        " math.cumprod math.cumsum math.digamma math.erf math.erfc math.exp math.expm1 math.floor math.l2_normalize"
        " math.lgamma math.log math.log1p math.log_sigmoid nn.log_softmax math.negative math.reciprocal"
        " math.reciprocal_no_nan math.rint math.round math.rsqrt math.sigmoid math.sign math.sin math.sinh nn.softmax"
        " math.softplus nn.softsign math.sqrt math.square math.tan math.tanh nn.elu nn.gelu nn.leaky_relu nn.relu nn.relu6"
        " nn.selu nn.silu math.is_finite math.is_inf math.is_nan identity stop_gradient zeros_like ones_like shape size rank"
        " sort argsort convert_to_tensor",
        lambda f, i: f(i(None, 4, 3)),
        lambda f, i: f(i(2, None)),
    ),
    **calls("nn.softmax math.cumsum math.l2_normalize", lambda f, i: f(i(None, 4, 3), axis=1)),
    **calls("math.logical_not", lambda f, i: f(i(None, dtype="bool"))),
    **calls(
        "math.add math.subtract math.multiply math.divide math.divide_no_nan math.floordiv math.floormod math.maximum"
        " math.minimum math.multiply_no_nan math.pow math.squared_difference math.truediv math.atan2 math.equal math.greater"
        " math.greater_equal math.less math.less_equal math.not_equal math.xdivy math.xlogy",
        lambda f, i: f(i(None, 4, 3), i(None, 4, 3)),
        lambda f, i: f(i(None, 4, 3), i(3)),
        lambda f, i: f(i(None, 1, 3), i(1, 5, 1)),
        lambda f, i: f(i(None, 4), 2.0),
        lambda f, i: f(2.0, i(None, 4)),
        lambda f, i: f(i(None, 1), [1.0, 2.0]),
        lambda f, i: f([[1.0], [2.0]], i(None, 3)),
    ),
    **calls(
        "math.logical_and math.logical_or math.logical_xor",
        lambda f, i: f(i(None, 3, dtype="bool"), i(3, dtype="bool")),
    ),
    "operators 1": lambda tf, i: -i(None, 4) * 2 + 1 - i(None, 1) / 3 // 2,
    "operators 2": lambda tf, i: 2 - i(None, 4) ** 2 % 3,
    "operators 3": lambda tf, i: 1 / i(None, 4),
    "operators 4": lambda tf, i: i(None, 4) <= i(None, 4),
    "operators 5": lambda tf, i: i(None, 4, 5) @ i(None, 5, 6),
    "eq is lost": lambda tf, i: i(None, 4) == 1,
    "einsum is lost": lambda tf, i: tf.einsum("ab,cb->ac", i(None, 4), i(3, 4)),
    "by name 1": lambda tf, i: tf.nn.softmax(logits=i(None, 4)),
    "by name 2": lambda tf, i: tf.concat(values=[i(None, 4), i(None, 3)], axis=1),
    "by name 3": lambda tf, i: tf.multiply(x=i(None, 4), y=i(4)),
    "by name 4": lambda tf, i: tf.reshape(tensor=i(None, 4), shape=[-1, 2]),
    "scaled shape": lambda tf, i: (lambda x: tf.zeros(tf.shape(x)[1:] * 2 + 1))(i(None, 4, 6)),
    "add_n": lambda tf, i: tf.add_n([i(None, 4), i(2, None)]),
    "where 1": lambda tf, i: tf.where(i(None, 4, dtype="bool"), i(None, 4), 0.0),
    "where 2": lambda tf, i: tf.where(i(None, 4, dtype="bool")),
    "where 3": lambda tf, i: tf.where(i(None, 1, dtype="bool"), i(4), i(None, 4)),
    "cast": lambda tf, i: tf.cast(i(None, 4), tf.int32),
    "clip": lambda tf, i: tf.clip_by_value(i(None, 4), 0.0, 1.0),
    "clip_by_norm": lambda tf, i: tf.clip_by_norm(i(None, 4), 1.0),
    # Joining and splitting
    "concat 1": lambda tf, i: tf.concat([i(None, 4), i(None, 3)], axis=-1),
    "concat 2": lambda tf, i: tf.concat([i(None, None, 4), i(2, 5, None)], 1),
    "concat 3": lambda tf, i: tf.concat([i(2, 4)], 0),
    "concat 4": lambda tf, i: tf.concat([i(None, 2), [[1.0, 2.0, 3.0]]], 1),
    "stack 1": lambda tf, i: tf.stack([i(None, 4), i(None, 4)], axis=1),
    "stack 2": lambda tf, i: tf.stack([i(None, 4), i(3, None)], axis=-1),
    "split 1": lambda tf, i: tf.split(i(None, 6), 3, axis=1),
    "split 2": lambda tf, i: tf.split(i(None, 6), [1, 2, 3], axis=-1),
    "split 3": lambda tf, i: tf.split(i(None, 6), [1, -1], axis=-1),
    "split 4": lambda tf, i: tf.split(i(None, 6), 2),
    "unstack 1": lambda tf, i: tf.unstack(i(None, 3, 4), axis=1),
    "unstack 2": lambda tf, i: tf.unstack(i(2, 3)),
    # Moving
    "reshape 1": lambda tf, i: tf.reshape(i(None, 4, 6), [-1, 8]),
    "reshape 2": lambda tf, i: tf.reshape(i(2, 4, 6), [-1, 8]),
    "reshape 3": lambda tf, i: (lambda x: tf.reshape(x, [tf.shape(x)[0], 24]))(i(None, 4, 6)),
    "reshape 4": lambda tf, i: (lambda x: tf.reshape(x, [-1, tf.shape(x)[1] * 2, 3]))(i(None, 4, 6)),
    "reshape 5": lambda tf, i: (lambda x: tf.reshape(x, tf.shape(i(None, 24))))(i(None, 4, 6)),
    "reshape 6": lambda tf, i: (lambda x: tf.reshape(x, tf.concat([tf.shape(x)[:1], [24]], 0)))(i(None, 4, 6)),
    "reshape 7": lambda tf, i: (lambda x: tf.reshape(x, tf.stack([tf.shape(x)[0], 4, -1])))(i(None, 4, 6)),
    "reshape 8": lambda tf, i: (lambda x: tf.reshape(x, [tf.shape(x)[1] // 2, -1]))(i(None, 4, 6)),
    "reshape 9": lambda tf, i: (lambda x: tf.reshape(x, [tf.shape(x)[0] * tf.shape(x)[1], 6]))(i(None, 4, 6)),
    "transpose 1": lambda tf, i: tf.transpose(i(None, 4, 6), [0, 2, 1]),
    "transpose 2": lambda tf, i: tf.transpose(i(None, 4, 6)),
    "expand_dims 1": lambda tf, i: tf.expand_dims(i(None, 4), 1),
    "expand_dims 2": lambda tf, i: tf.expand_dims(i(None, 4), -1),
    "squeeze 1": lambda tf, i: tf.squeeze(i(None, 1, 4), 1),
    "squeeze 2": lambda tf, i: tf.squeeze(i(None, 1, 4)),
    "squeeze 3": lambda tf, i: tf.squeeze(i(2, 1, 4, 1)),
    "squeeze 4": lambda tf, i: tf.squeeze(i(2, 1, None, 1), [1, -2]),
    "tile 1": lambda tf, i: tf.tile(i(None, 4), [1, 3]),
    "tile 2": lambda tf, i: (lambda x: tf.tile(i(1, 4), [tf.shape(x)[0], 1]))(i(None, 4)),
    "repeat 1": lambda tf, i: tf.repeat(i(None, 4), 3, axis=1),
    "repeat 2": lambda tf, i: tf.repeat(i(2, 3), 2),
    "repeat 3": lambda tf, i: tf.repeat(i(None, 2), [1, 3], axis=1),
    "pad": lambda tf, i: tf.pad(i(None, 4), [[0, 0], [1, 2]]),
    "reverse": lambda tf, i: tf.reverse(i(None, 4), [1]),
    "roll": lambda tf, i: tf.roll(i(None, 4), 1, axis=1),
    "broadcast_to": lambda tf, i: tf.broadcast_to(i(1, 4), [3, 4]),
    "band_part": lambda tf, i: tf.linalg.band_part(i(None, 4, 4), -1, 0),
    # Indexing
    "getitem 1": lambda tf, i: i(None, 4, 6)[:, 1:, ..., None],
    "getitem 2": lambda tf, i: i(None, 4, 6)[0],
    "getitem 3": lambda tf, i: i(None, 4, 6)[:, -1, ::2],
    "getitem 4": lambda tf, i: i(None, 4, 6)[..., 0],
    "getitem 5": lambda tf, i: i(None, None, 6)[:, 1:, 2:-1],
    "getitem 6": lambda tf, i: (lambda x: x[:, tf.shape(x)[1] - 1])(i(None, None, 6)),
    "getitem 7": lambda tf, i: (lambda x: x[:, : tf.shape(x)[1] - 1])(i(None, None, 6)),
    "getitem 8": lambda tf, i: (lambda x: x[:, : tf.shape(x)[1] - 1])(i(None, 5, 6)),
    "getitem 9": lambda tf, i: i(None, 5, 6)[:, tf.newaxis, ::-1],
    "gather 1": lambda tf, i: tf.gather(i(None, 4), [0, 2], axis=1),
    "gather 2": lambda tf, i: tf.gather(i(7, 4), i(None, 3, dtype="int32")),
    "gather 3": lambda tf, i: tf.gather(i(None, 4, 6), i(None, 2, dtype="int32"), batch_dims=1),
    "gather 4": lambda tf, i: tf.gather(i(None, 4, 6), 1, axis=-1),
    "gather_nd": lambda tf, i: tf.gather_nd(i(None, 4, 6), i(5, 2, dtype="int32")),
    "embedding_lookup": lambda tf, i: tf.nn.embedding_lookup(i(7, 4), i(None, 3, dtype="int32")),
    "boolean_mask": lambda tf, i: tf.boolean_mask(i(None, 4), i(None, dtype="bool")),
    "slice": lambda tf, i: tf.slice(i(None, 4), [0, 1], [-1, 2]),
    "strided_slice 1": lambda tf, i: tf.strided_slice(i(None, 4), [0, 1], [1, 3]),
    "strided_slice 2": lambda tf, i: tf.strided_slice(
        i(6, 4), [1, 0], [5, 4], [2, 1], begin_mask=2, shrink_axis_mask=0
    ),
    "one_hot 1": lambda tf, i: tf.one_hot(i(None, 4, dtype="int32"), 5),
    "one_hot 2": lambda tf, i: tf.one_hot(i(None, 4, dtype="int32"), 5, axis=1),
    "sequence_mask 1": lambda tf, i: tf.sequence_mask(i(None, dtype="int32"), 5),
    "sequence_mask 2": lambda tf, i: tf.sequence_mask(i(None, dtype="int32")),
    "top_k": lambda tf, i: tf.math.top_k(i(None, 9), 3),
    # Reductions
    **calls(
        "math.reduce_euclidean_norm math.reduce_logsumexp math.reduce_max math.reduce_mean math.reduce_min math.reduce_prod"
        " math.reduce_std math.reduce_sum math.reduce_variance norm",
        lambda f, i: f(i(None, 4, 3)),
        lambda f, i: f(i(None, 4, 3), 1),
        lambda f, i: f(i(None, 4, 3), axis=[1, -1], keepdims=True),
    ),
    **calls("math.reduce_all math.reduce_any", lambda f, i: f(i(None, 4, dtype="bool"), axis=1)),
    **calls("math.argmax math.argmin", lambda f, i: f(i(None, 4, 3), axis=1), lambda f, i: f(i(None, 4))),
    "count_nonzero": lambda tf, i: tf.math.count_nonzero(i(None, 4), axis=1),
    "det": lambda tf, i: tf.linalg.det(i(None, 3, 3)),
    "trace": lambda tf, i: tf.linalg.trace(i(None, 3, 3)),
    "inv": lambda tf, i: tf.linalg.inv(i(None, 3, 3)),
    # Creation
    "zeros 1": lambda tf, i: tf.zeros([tf.shape(i(None, 4))[0], 3]),
    "zeros 2": lambda tf, i: tf.zeros(tf.shape(i(None, 4))),
    "fill": lambda tf, i: tf.fill(tf.shape(i(None, 4)), 2.0),
    "ones 1": lambda tf, i: tf.ones((tf.shape(i(None, 4))[0], 3), dtype="int32"),
    "range": lambda tf, i: tf.range(tf.shape(i(None, 4))[1]),
    "range unknown": lambda tf, i: tf.range(tf.shape(i(None, 4))[0]),
    "random": lambda tf, i: tf.random.normal(tf.shape(i(None, 4))),
    "random uniform": lambda tf, i: tf.random.uniform([tf.shape(i(None, 4))[0], 2]),
    # Products
    "matmul 1": lambda tf, i: tf.matmul(i(None, 4, 6), i(None, 6, 2)),
    "matmul 2": lambda tf, i: tf.matmul(i(None, 4, 6), i(None, 5, 6), transpose_b=True),
    "matmul 3": lambda tf, i: tf.matmul(i(None, 4), [[1.0, 2.0]] * 4),
    "matmul 4": lambda tf, i: tf.matmul(i(2, 1, 4, 6), i(3, 6, 5)),
    "matvec": lambda tf, i: tf.linalg.matvec(i(None, 4, 6), i(None, 6)),
    "tensordot 1": lambda tf, i: tf.tensordot(i(None, 4, 6), i(6, 2), axes=1),
    "tensordot 2": lambda tf, i: tf.tensordot(i(None, 4, 6), i(4, 6, 2), axes=[[1, 2], [0, 1]]),
    # Neural networks, images, sequences
    "conv2d 1": lambda tf, i: tf.nn.conv2d(i(None, 8, 8, 3), i(3, 3, 3, 5), 2, "SAME"),
    "conv2d 2": lambda tf, i: tf.nn.conv2d(i(None, 8, None, 3), i(3, 3, 3, 5), [1, 2, 1, 1], "VALID", dilations=2),
    "conv1d": lambda tf, i: tf.nn.conv1d(i(None, 8, 3), i(3, 3, 5), 1, "VALID"),
    "conv3d": lambda tf, i: tf.nn.conv3d(i(None, 8, 8, 8, 3), i(3, 3, 3, 3, 5), [1, 1, 1, 1, 1], "VALID"),
    "depthwise": lambda tf, i: tf.nn.depthwise_conv2d(i(None, 8, 8, 3), i(3, 3, 3, 2), [1, 1, 1, 1], "SAME"),
    "max_pool2d": lambda tf, i: tf.nn.max_pool2d(i(None, 9, 8, 3), 2, 2, "VALID"),
    "avg_pool2d": lambda tf, i: tf.nn.avg_pool2d(i(None, 9, None, 3), [1, 3, 3, 1], [1, 2, 2, 1], "SAME"),
    "max_pool": lambda tf, i: tf.nn.max_pool(i(None, 9, 3), 2, 2, "VALID"),
    "max_pool1d": lambda tf, i: tf.nn.max_pool1d(i(None, 9, 3), 2, 2, "VALID"),
    "bias_add": lambda tf, i: tf.nn.bias_add(i(None, 4), i(4)),
    "dropout": lambda tf, i: tf.nn.dropout(i(None, 4), 0.5),
    "l2_normalize": lambda tf, i: tf.nn.l2_normalize(i(None, 4), axis=-1),
    "moments": lambda tf, i: tf.nn.moments(i(None, 4), [1]),
    "depth_to_space": lambda tf, i: tf.nn.depth_to_space(i(None, 4, None, 8), 2),
    "space_to_depth": lambda tf, i: tf.nn.space_to_depth(i(None, 4, None, 8), 2),
    "resize 1": lambda tf, i: tf.image.resize(i(None, 8, 8, 3), (4, 5)),
    "resize 2": lambda tf, i: tf.image.resize(i(8, 8, 3), [4, 5], method="nearest"),
    "resize 3": lambda tf, i: (lambda x: tf.image.resize(x, tf.shape(x)[1:3] * 2))(i(None, 8, 8, 3)),
    "resize_with_pad": lambda tf, i: tf.image.resize_with_pad(i(None, 8, 8, 3), 4, 5),
    "crop_or_pad": lambda tf, i: tf.image.resize_with_crop_or_pad(i(None, 8, 8, 3), 4, 5),
    "central_crop": lambda tf, i: tf.image.central_crop(i(None, 9, 8, 3), 0.5),
    "rgb_to_grayscale": lambda tf, i: tf.image.rgb_to_grayscale(i(None, 8, 8, 3)),
    "grayscale_to_rgb": lambda tf, i: tf.image.grayscale_to_rgb(i(None, 8, 8, 1)),
    **calls(
        "image.flip_left_right image.flip_up_down image.random_flip_left_right image.per_image_standardization"
        " image.rgb_to_hsv image.hsv_to_rgb",
        lambda f, i: f(i(None, 8, 8, 3)),
        lambda f, i: f(i(8, 8, 3)),
    ),
    "adjust": lambda tf, i: tf.image.adjust_brightness(tf.image.adjust_contrast(i(None, 8, 8, 3), 2.0), 0.1),
    "stft": lambda tf, i: tf.signal.stft(i(None, 16), 4, 2),
    "frame": lambda tf, i: tf.signal.frame(i(None, 16), 4, 2),
}

# Ragged tensors, which need a ragged input.
RAGGED: dict[str, Callable[[Any], Any]] = {
    "values": lambda x: x.values,
    "row_splits": lambda x: x.row_splits,
    "value_rowids": lambda x: x.value_rowids(),
    "nrows": lambda x: x.nrows(),
    "row_starts": lambda x: x.row_starts(),
    "row_limits": lambda x: x.row_limits(),
    "row_lengths": lambda x: x.row_lengths(),
    "bounding_shape": lambda x: x.bounding_shape(),
    "to_tensor": lambda x: x.to_tensor(),
    "to_tensor of a shape": lambda x: x.to_tensor(shape=[None, 7, 5]),
    "with_values": lambda x: x.with_values(x.values * 2),
    "plus": lambda x: x + 1,
}

# Calls that TensorFlow refuses: function, shapes of the inputs, other arguments, code of the finding.
REFUSED: list[tuple[str, list[list[int | None]], dict[str, Any], str]] = [
    ("concat", [[None, 4], [2, 3]], {"axis": 0}, "S112"),
    ("concat", [[None, 4], [None, 3]], {"axis": 2}, "S111"),
    ("stack", [[None, 4], [None, 3]], {"axis": 0}, "S112"),
    ("split", [[None, 5]], {"num_or_size_splits": 2, "axis": 1}, "S109"),
    ("split", [[None, 5]], {"num_or_size_splits": [2, 2], "axis": 1}, "S109"),
    ("unstack", [[None, 3]], {"axis": 0}, "S106"),
    ("reshape", [[2, 3]], {"shape": [4]}, "S108"),
    ("reshape", [[2, 3]], {"shape": [4, -1]}, "S109"),
    ("compat.v1.transpose", [[None, 3]], {"perm": [0, 1, 2]}, "S110"),
    ("expand_dims", [[None, 3]], {"axis": 4}, "S111"),
    ("compat.v1.squeeze", [[None, 3]], {"axis": 1}, "S111"),
    ("tile", [[None, 3]], {"multiples": [2]}, "E007"),
    ("compat.v1.pad", [[None, 3]], {"paddings": [[1, 1]]}, "E007"),
    ("math.add", [[None, 3], [None, 4]], {}, "S113"),
    ("linalg.matmul", [[None, 3], [4, 2]], {}, "S115"),
    ("math.reduce_sum", [[None, 3]], {"axis": 2}, "S111"),
    ("nn.max_pool2d", [[None, 2, 2, 1]], {"ksize": 4, "strides": 1, "padding": "VALID"}, "S104"),
    ("nn.conv2d", [[None, 2, 2, 3], [4, 4, 3, 5]], {"strides": 1, "padding": "VALID"}, "S103"),
    ("nn.conv2d", [[None, 8, 8, 4], [3, 3, 3, 5]], {"strides": 1, "padding": "VALID"}, "S117"),
    ("__operators__.getitem", [[None, 3]], {"slice_spec": [0, 0, 0]}, "S111"),
    ("__operators__.eq", [[None, 3]], {}, "E006"),
]
SECOND = {"math.add": "y", "linalg.matmul": "b", "nn.conv2d": "filters"}


def refused_model(function: str, shapes: list[list[int | None]], arguments: dict[str, Any]) -> dict[str, Any]:
    """Build a tf.keras model with the call."""
    names = [f"input_{n}" for n in range(len(shapes))]
    layers: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer", "name": name, "inbound_nodes": [],
            "config": {"batch_input_shape": shape, "dtype": "float32", "name": name},
        }
        for name, shape in zip(names, shapes, strict=True)
    ]  # fmt: skip
    second = SECOND.get(function)
    if second:
        arguments = {**arguments, second: [names[1], 0, 0]}
    refs: list[Any] = [[name, 0, 0, arguments] for name in (names[:1] if second else names)]
    if function in ("concat", "stack"):
        refs = [refs]
    layers.append(
        {
            "class_name": "SlicingOpLambda" if "getitem" in function else "TFOpLambda", "name": "op",
            "config": {"name": "op", "function": function}, "inbound_nodes": refs,
        }
    )  # fmt: skip
    config = {
        "name": "model", "layers": layers, "input_layers": [[name, 0, 0] for name in names],
        "output_layers": [["op", 0, 0]],
    }  # fmt: skip
    return {"class_name": "Functional", "config": config, "keras_version": "2.21.0", "backend": "tensorflow"}

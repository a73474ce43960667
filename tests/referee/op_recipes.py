"""Example calls of every function of keras.ops, as written in a functional model.

A recipe receives the module `keras.ops` and `i`, which creates an input: i(None, 4, dtype="int32").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Recipe = Callable[[Any, Any], Any]


def calls(names: str, *recipes: Callable[[Any, Any], Any]) -> dict[str, list[Recipe]]:
    """Register the same calls for several functions."""

    def bound(name: str, recipe: Callable[[Any, Any], Any]) -> Recipe:
        return lambda ops, i: recipe(getattr(ops, name), i)

    return {name: [bound(name, recipe) for recipe in recipes] for name in names.split()}


RECIPES: dict[str, list[Recipe]] = {
    **calls(
        "abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil celu conj conjugate copy corrcoef cos"
        " cosh deg2rad elu erf erfc erfinv exp exp2 expm1 fabs floor gelu hard_shrink hard_sigmoid hard_silu hard_swish"
        " hard_tanh i0 imag isfinite isinf isnan isneginf isposinf isreal leaky_relu log log10 log1p log2 log_sigmoid"
        " log_softmax logical_not nan_to_num ndim negative nonzero normalize ones_like rad2deg ravel real reciprocal relu"
        " relu6 round rsqrt selu sigmoid sign signbit silu sin sinc sinh size soft_shrink softmax softplus softsign"
        " sparse_plus sparse_sigmoid sparsemax sqrt square squareplus stop_gradient swish tan tanh tanh_shrink trunc"
        " zeros_like empty_like convert_to_tensor flip",
        lambda f, i: f(i(None, 4, 3)),
        lambda f, i: f(i(2, None)),
        lambda f, i: f(i(2, 3, dtype="float16")),
    ),
    **calls("bitwise_invert bitwise_not", lambda f, i: f(i(None, 3, dtype="int32"))),
    **calls("fliplr flipud tril triu", lambda f, i: f(i(None, 4, 3)), lambda f, i: f(i(4, 4))),
    **calls(
        "add divide divide_no_nan equal floor_divide fmax fmin fmod greater greater_equal isclose less less_equal logaddexp"
        " logaddexp2 logical_and logical_or logical_xor maximum minimum mod multiply nextafter not_equal power subtract"
        " true_divide arctan2 allclose",
        lambda f, i: f(i(None, 4, 3), i(None, 4, 3)),
        lambda f, i: f(i(None, 4, 3), i(3)),
        lambda f, i: f(i(None, 1, 3), i(1, 5, 1)),
        lambda f, i: f(i(2, 3, dtype="int32"), 2.5),
        lambda f, i: f(2, i(2, None)),
        lambda f, i: f(i(2, 3), np.ones((4, 2, 3), "float32")),
    ),
    **calls(
        "heaviside hypot",
        lambda f, i: f(i(None, 3), i(2, None, 1)),
        lambda f, i: f(i(3, dtype="int32"), i(3, dtype="int32")),
    ),
    **calls("gcd lcm", lambda f, i: f(i(None, 3, dtype="int32"), i(3, dtype="int32"))),
    "ldexp": [lambda ops, i: ops.ldexp(i(None, 3), i(3, dtype="int32"))],
    "isin": [lambda ops, i: ops.isin(i(None, 3), i(7))],
    **calls(
        "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift right_shift",
        lambda f, i: f(i(None, 3, dtype="int32"), i(None, 3, dtype="int32")),
    ),
    **calls(
        "all any amax amin argmax argmin max mean median min nanargmax nanargmin nanmax nanmean nanmedian nanmin nanprod"
        " nanstd nansum nanvar prod ptp std sum var logsumexp norm",
        lambda f, i: f(i(None, 4, 3)),
        lambda f, i: f(i(None, 4, 3), axis=1),
        lambda f, i: f(i(None, 4, 3), axis=-1, keepdims=True),
    ),
    **calls(
        "all any amax amin max mean median min nanmax nanmean nanprod nanstd nansum nanvar prod std sum var logsumexp norm",
        lambda f, i: f(i(None, 4, 3), axis=(1, 2)),
        lambda f, i: f(i(None, 4, 3), axis=(0, -1), keepdims=True),
        lambda f, i: f(i(2, 3), axis=1),
    ),
    "sum_of_ints": [],
    **calls("count_nonzero", lambda f, i: f(i(None, 4)), lambda f, i: f(i(None, 4, 3), axis=(0, 1))),
    **calls("average", lambda f, i: f(i(None, 4), axis=1), lambda f, i: f(i(None, 4), axis=1, weights=i(4))),
    **calls(
        "quantile percentile nanquantile nanpercentile",
        lambda f, i: f(i(None, 4), 0.5, axis=1),
        lambda f, i: f(i(None, 4), np.array([0.2, 0.8], "float32"), axis=-1, keepdims=True),
    ),
    **calls(
        "cumsum cumprod nancumsum nancumprod sort argsort",
        lambda f, i: f(i(None, 4), axis=1),
        lambda f, i: f(i(3, 4), axis=None),
    ),
    "argpartition": [
        lambda ops, i: ops.argpartition(i(None, 4), 2),
        lambda ops, i: ops.argpartition(i(3, 4), 2, axis=None),
    ],
    "append": [lambda ops, i: ops.append(i(None, 4), i(None, 3)), lambda ops, i: ops.append(i(2, 4), i(2, 3), axis=1)],
    "array": [lambda ops, i: ops.array(i(None, 4)), lambda ops, i: ops.array(i(None, 4), dtype="int32")],
    "view": [lambda ops, i: ops.view(i(None, 4), dtype="int32"), lambda ops, i: ops.view(i(None, 4), dtype="int8")],
    **calls("cast saturate_cast", lambda f, i: f(i(None, 4), "float16"), lambda f, i: f(i(4), "bool")),
    "clip": [lambda ops, i: ops.clip(i(None, 4), 0, 1)],
    "threshold": [lambda ops, i: ops.threshold(i(None, 4), 0.5, 0.0)],
    "glu": [lambda ops, i: ops.glu(i(None, 4)), lambda ops, i: ops.glu(i(4, None), axis=0)],
    **calls("full_like", lambda f, i: f(i(None, 4), 2.0), lambda f, i: f(i(None, 4), 2, dtype="int32")),
    "full": [lambda ops, i: ops.full((2, 3), i())],
    "roll": [lambda ops, i: ops.roll(i(None, 4), 2), lambda ops, i: ops.roll(i(None, 4), 2, axis=1)],
    "rot90": [lambda ops, i: ops.rot90(i(2, 4, 3)), lambda ops, i: ops.rot90(i(None, 4, 3), axes=(1, 2))],
    "diff": [lambda ops, i: ops.diff(i(None, 4)), lambda ops, i: ops.diff(i(None, 4), n=2, axis=0)],
    "linspace": [lambda ops, i: ops.linspace(i(3), i(3), 5), lambda ops, i: ops.linspace(0, i(None, 3), 5, axis=-1)],
    **calls("logspace geomspace", lambda f, i: f(i(3), i(3), 5)),
    "polar": [lambda ops, i: ops.polar(i(None, 3), i(None, 3))],
    "view_as_complex": [lambda ops, i: ops.view_as_complex(i(None, 3, 2))],
    "view_as_real": [lambda ops, i: ops.view_as_real(i(None, 3, dtype="complex64"))],
    # Joining and splitting
    "concatenate": [
        lambda ops, i: ops.concatenate([i(None, 4), i(None, 3)], axis=-1),
        lambda ops, i: ops.concatenate([i(2, 4, None), i(3, 4, 5), i(1, None, 5)]),
    ],
    "stack": [
        lambda ops, i: ops.stack([i(None, 4), i(None, 4)], axis=1),
        lambda ops, i: ops.stack([i(4), i(4)], axis=-1),
    ],
    "hstack": [lambda ops, i: ops.hstack([i(None, 4), i(None, 3)])],
    "vstack": [lambda ops, i: ops.vstack([i(2, 4), i(3, 4)])],
    "dstack": [lambda ops, i: ops.dstack([i(2, 4), i(2, 4)]), lambda ops, i: ops.dstack([i(2, 4, 3), i(2, 4, None)])],
    "split": [
        lambda ops, i: ops.split(i(None, 6), 3, axis=1),
        lambda ops, i: ops.split(i(None, 6), [1, 4], axis=-1),
        lambda ops, i: ops.split(i(None, 6), 2),
    ],
    "array_split": [
        lambda ops, i: ops.array_split(i(None, 7), 3, axis=1),
        lambda ops, i: ops.array_split(i(None, 7), 3),
    ],
    "hsplit": [lambda ops, i: ops.hsplit(i(None, 6), 2), lambda ops, i: ops.hsplit(i(6), [2])],
    "vsplit": [lambda ops, i: ops.vsplit(i(4, 6), 2)],
    "dsplit": [lambda ops, i: ops.dsplit(i(None, 4, 6), 2)],
    "unstack": [lambda ops, i: ops.unstack(i(None, 3, 4), axis=1), lambda ops, i: ops.unstack(i(None, 3), num=2)],
    "meshgrid": [lambda ops, i: ops.meshgrid(i(3), i(4)), lambda ops, i: ops.meshgrid(i(3), i(None), indexing="ij")],
    # Moving
    "reshape": [
        lambda ops, i: ops.reshape(i(None, 4, 6), (-1, 8)),
        lambda ops, i: ops.reshape(i(2, 4, 6), (-1, 8)),
        lambda ops, i: ops.reshape(i(None, 4), (ops.shape(i(None, 4))[0], 2, 2)),
    ],
    "transpose": [lambda ops, i: ops.transpose(i(None, 4, 6)), lambda ops, i: ops.transpose(i(None, 4, 6), (0, 2, 1))],
    "swapaxes": [lambda ops, i: ops.swapaxes(i(None, 4, 6), 1, -1)],
    "moveaxis": [
        lambda ops, i: ops.moveaxis(i(None, 4, 6), 1, -1),
        lambda ops, i: ops.moveaxis(i(None, 4, 6), (0, 1), (1, 2)),
    ],
    "expand_dims": [lambda ops, i: ops.expand_dims(i(None, 4), 1), lambda ops, i: ops.expand_dims(i(None, 4), (0, -1))],
    "squeeze": [lambda ops, i: ops.squeeze(i(None, 1, 4), 1), lambda ops, i: ops.squeeze(i(None, 1, 1, 4))],
    "broadcast_to": [lambda ops, i: ops.broadcast_to(i(1, 4), (3, 4))],
    "tile": [
        lambda ops, i: ops.tile(i(None, 4), (1, 3)),
        lambda ops, i: ops.tile(i(4), (2, 3)),
        lambda ops, i: ops.tile(i(4, 2), 3),
    ],
    "repeat": [
        lambda ops, i: ops.repeat(i(None, 4), 2, axis=1),
        lambda ops, i: ops.repeat(i(3, 4), 2),
        lambda ops, i: ops.repeat(i(None, 2), [1, 3], axis=1),
    ],
    "pad": [
        lambda ops, i: ops.pad(i(None, 4), ((0, 0), (1, 2))),
        lambda ops, i: ops.pad(i(3, 4), 1, mode="reflect"),
        lambda ops, i: ops.pad(i(3, 4), 1, constant_values=2),
    ],
    "diag": [lambda ops, i: ops.diag(i(4), k=1), lambda ops, i: ops.diag(i(4, 6), k=-1)],
    "diagflat": [lambda ops, i: ops.diagflat(i(2, 3))],
    "diagonal": [
        lambda ops, i: ops.diagonal(i(None, 4, 6), axis1=1, axis2=2),
        lambda ops, i: ops.diagonal(i(4, 6), offset=2),
    ],
    "trace": [lambda ops, i: ops.trace(i(None, 4, 6), axis1=1, axis2=2)],
    "vander": [lambda ops, i: ops.vander(i(4)), lambda ops, i: ops.vander(i(4), N=3)],
    "unfold": [lambda ops, i: ops.unfold(i(None, 3, 8, 8), 2, stride=2)],
    "fold": [lambda ops, i: ops.fold(i(None, 12, 16), (8, 8), 2, stride=2)],
    "depth_to_space": [lambda ops, i: ops.depth_to_space(i(None, 4, None, 8), 2)],
    "space_to_depth": [lambda ops, i: ops.space_to_depth(i(None, 4, None, 8), 2)],
    "rearrange": [lambda ops, i: ops.rearrange(i(2, 4, 6), "a (b c) d -> (a b) d c", b=2)],
    # Indexing
    "get_item": [
        lambda ops, i: i(None, 4, 6)[:, 1:, ..., None],
        lambda ops, i: i(None, 4, 6)[0],
        lambda ops, i: i(None, 4, 6)[:, -1, ::2],
        lambda ops, i: ops.get_item(i(None, 4, 6), (slice(None), 1)),
    ],
    "take": [
        lambda ops, i: ops.take(i(None, 4, 6), i(None, 2, dtype="int32"), axis=1),
        lambda ops, i: ops.take(i(None, 4), [0, 2], axis=1),
        lambda ops, i: ops.take(i(None, 4), np.array([[0], [1]]), axis=-1),
        lambda ops, i: ops.take(i(3, 4), 1),
    ],
    "take_along_axis": [lambda ops, i: ops.take_along_axis(i(None, 4), i(None, 2, dtype="int32"), axis=1)],
    "slice": [
        lambda ops, i: ops.slice(i(3, 4), (0, 1), (2, 2)),
        lambda ops, i: ops.slice(i(3, None), np.array([0, 1]), (-1, -1)),
    ],
    "slice_update": [lambda ops, i: ops.slice_update(i(None, 4), (0, 1), i(2, 2))],
    "scatter": [lambda ops, i: ops.scatter(i(4, 1, dtype="int32"), i(4), (8,))],
    "scatter_update": [lambda ops, i: ops.scatter_update(i(8), i(4, 1, dtype="int32"), i(4))],
    "where": [
        lambda ops, i: ops.where(i(None, 4, dtype="bool"), i(None, 4), 0.0),
        lambda ops, i: ops.where(i(None, 1, dtype="bool"), i(4), i(4, dtype="int32")),
        lambda ops, i: ops.where(i(None, 1, dtype="bool")),
    ],
    "select": [lambda ops, i: ops.select([i(None, 3, dtype="bool")], [i(None, 3)], 0)],
    "one_hot": [
        lambda ops, i: ops.one_hot(i(None, 4, dtype="int32"), 5),
        lambda ops, i: ops.one_hot(i(None, 4, dtype="int32"), 5, axis=1, dtype="bool"),
    ],
    "multi_hot": [lambda ops, i: ops.multi_hot(i(None, 4, dtype="int32"), 5)],
    "top_k": [lambda ops, i: ops.top_k(i(None, 9), 3)],
    "in_top_k": [lambda ops, i: ops.in_top_k(i(None, dtype="int32"), i(None, 9), 3)],
    **calls(
        "segment_sum segment_max segment_min segment_prod",
        lambda f, i: f(i(None, 3), i(None, dtype="int32")),
        lambda f, i: f(i(4, 3), i(4, dtype="int32"), num_segments=2),
    ),
    "unique": [
        lambda ops, i: ops.unique(i(None, 4)),
        lambda ops, i: ops.unique(i(None, 4), axis=1, return_counts=True, return_inverse=True),
    ],
    "bincount": [lambda ops, i: ops.bincount(i(None, 4, dtype="int32"))],
    "histogram": [lambda ops, i: ops.histogram(i(None), bins=5)],
    "searchsorted": [lambda ops, i: ops.searchsorted(i(7), i(None, 3))],
    "digitize": [lambda ops, i: ops.digitize(i(None, 3), np.array([0.0, 1.0], "float32"))],
    "unravel_index": [lambda ops, i: ops.unravel_index(i(5, dtype="int32"), (3, 4))],
    # Products
    "matmul": [
        lambda ops, i: ops.matmul(i(None, 4, 6), i(None, 6, 2)),
        lambda ops, i: ops.matmul(i(None, 4), i(4)),
        lambda ops, i: ops.matmul(i(2, 3, dtype="int8"), i(3, 2, dtype="int8")),
    ],
    "dot": [lambda ops, i: ops.dot(i(None, 4, 6), i(6, 2)), lambda ops, i: ops.dot(i(None, 4), 2.0)],
    "inner": [lambda ops, i: ops.inner(i(None, 4), i(3, 4))],
    "outer": [lambda ops, i: ops.outer(i(3), i(2, 2)), lambda ops, i: ops.outer(i(None), i(3))],
    "vdot": [lambda ops, i: ops.vdot(i(3), i(3))],
    "tensordot": [
        lambda ops, i: ops.tensordot(i(None, 4, 6), i(4, 6, 2)),
        lambda ops, i: ops.tensordot(i(None, 4), i(3, 4), axes=[[1], [1]]),
    ],
    "einsum": [
        lambda ops, i: ops.einsum("abc,acd->abd", i(None, 4, 6), i(None, 6, 2)),
        lambda ops, i: ops.einsum("...ij,jk", i(None, 4, 6), i(6, 2)),
    ],
    "kron": [lambda ops, i: ops.kron(i(2, 3), i(4, 5))],
    "cross": [
        lambda ops, i: ops.cross(i(None, 3), i(None, 3)),
        lambda ops, i: ops.cross(i(2, None), i(2, None), axis=0),
    ],
    "cdist": [lambda ops, i: ops.cdist(i(None, 4, 6), i(None, 5, 6))],
    "correlate": [lambda ops, i: ops.correlate(i(7), i(3)), lambda ops, i: ops.correlate(i(7), i(3), mode="full")],
    "trapezoid": [lambda ops, i: ops.trapezoid(i(None, 4))],
    **calls("cholesky cholesky_inverse inv det", lambda f, i: f(i(None, 3, 3))),
    **calls("eig eigh", lambda f, i: f(i(None, 3, 3))),
    **calls("lu_factor pinv logdet slogdet matrix_rank", lambda f, i: f(i(2, 3, 3)), lambda f, i: f(i(None, 4, 4))),
    "qr": [lambda ops, i: ops.qr(i(None, 4, 3)), lambda ops, i: ops.qr(i(4, 3), mode="complete")],
    "svd": [
        lambda ops, i: ops.svd(i(None, 4, 3)),
        lambda ops, i: ops.svd(i(4, 3), full_matrices=False),
        lambda ops, i: ops.svd(i(4, 3), compute_uv=False),
    ],
    **calls("solve", lambda f, i: f(i(None, 3, 3), i(None, 3, 2)), lambda f, i: f(i(3, 3), i(3))),
    **calls("solve_triangular", lambda f, i: f(i(None, 3, 3), i(None, 3, 2), lower=True)),
    "lstsq": [lambda ops, i: ops.lstsq(i(4, 3), i(4)), lambda ops, i: ops.lstsq(i(4, 3), i(4, 2))],
    # Windows, frequencies, losses
    "conv": [
        lambda ops, i: ops.conv(i(None, 9, 4), i(3, 4, 7), strides=2),
        lambda ops, i: ops.conv(i(None, 3, 8, None), i(2, 2, 3, 5), padding="same", data_format="channels_first"),
    ],
    "depthwise_conv": [lambda ops, i: ops.depthwise_conv(i(None, 8, 8, 3), i(3, 3, 3, 2))],
    "separable_conv": [lambda ops, i: ops.separable_conv(i(None, 8, 8, 3), i(3, 3, 3, 2), i(1, 1, 6, 5), strides=2)],
    "conv_transpose": [
        lambda ops, i: ops.conv_transpose(i(None, 8, 3), i(3, 5, 3), 2),
        lambda ops, i: ops.conv_transpose(i(None, 8, 8, 3), i(3, 3, 5, 3), (2, 1), padding="same"),
    ],
    **calls(
        "max_pool average_pool",
        lambda f, i: f(i(None, 9, 4), 2),
        lambda f, i: f(i(None, 9, None, 4), (2, 3), strides=1, padding="same"),
    ),
    "extract_sequences": [lambda ops, i: ops.extract_sequences(i(None, 16), 4, 2)],
    **calls("fft", lambda f, i: f((i(None, 4), i(None, 4)))),
    **calls("fft2 ifft2", lambda f, i: f((i(None, 4, 4), i(None, 4, 4)))),
    "rfft": [lambda ops, i: ops.rfft(i(None, 8)), lambda ops, i: ops.rfft(i(None, None), fft_length=6)],
    "irfft": [lambda ops, i: ops.irfft((i(None, 5), i(None, 5)))],
    "stft": [lambda ops, i: ops.stft(i(None, 16), 4, 2, 6)],
    "istft": [lambda ops, i: ops.istft((i(None, 8, 4), i(None, 8, 4)), 4, 2, 6)],
    "binary_crossentropy": [lambda ops, i: ops.binary_crossentropy(i(None, 4), i(None, 4))],
    "categorical_crossentropy": [lambda ops, i: ops.categorical_crossentropy(i(None, 4), i(None, 4))],
    "sparse_categorical_crossentropy": [
        lambda ops, i: ops.sparse_categorical_crossentropy(i(None, dtype="int32"), i(None, 4))
    ],
    "ctc_loss": [
        lambda ops, i: ops.ctc_loss(i(2, 5, dtype="int32"), i(2, 9, 7), i(2, dtype="int32"), i(2, dtype="int32"))
    ],
    "ctc_decode": [lambda ops, i: ops.ctc_decode(i(None, 9, 7), i(None, dtype="int32"))],
    "moments": [lambda ops, i: ops.moments(i(None, 4, 3), axes=[1, 2], keepdims=True)],
    "batch_normalization": [
        lambda ops, i: ops.batch_normalization(i(None, 4), i(4), i(4), -1),
        lambda ops, i: ops.batch_normalization(i(None, 4), i(4), i(4), 1, offset=i(4), scale=i(4)),
    ],
    "layer_normalization": [
        lambda ops, i: ops.layer_normalization(i(None, 4)),
        lambda ops, i: ops.layer_normalization(i(None, 4), i(4), i(4)),
    ],
    "rms_normalization": [
        lambda ops, i: ops.rms_normalization(i(None, 4)),
        lambda ops, i: ops.rms_normalization(i(None, 4), scale=i(4)),
    ],
    "dot_product_attention": [
        lambda ops, i: ops.dot_product_attention(i(None, 5, 2, 4), i(None, 7, 2, 4), i(None, 7, 2, 4))
    ],
    "psnr": [lambda ops, i: ops.psnr(i(None, 4), i(None, 4), 1.0)],
    # Images
    "image.affine_transform": [lambda ops, i: ops.image.affine_transform(i(None, 8, 8, 3), i(None, 8))],
    "image.crop_images": [
        lambda ops, i: ops.image.crop_images(
            i(None, 8, 8, 3), top_cropping=1, left_cropping=2, target_height=4, target_width=5
        )
    ],
    "image.pad_images": [
        lambda ops, i: ops.image.pad_images(
            i(None, 8, None, 3), top_padding=1, left_padding=2, target_height=12, target_width=12
        )
    ],
    "image.elastic_transform": [lambda ops, i: ops.image.elastic_transform(i(None, 8, 8, 3))],
    "image.extract_patches": [
        lambda ops, i: ops.image.extract_patches(i(None, 8, 8, 3), (3, 3)),
        lambda ops, i: ops.image.extract_patches(i(8, 8, 3), 2, padding="same"),
    ],
    "image.extract_patches_3d": [lambda ops, i: ops.image.extract_patches_3d(i(None, 8, 8, 8, 3), (2, 2, 2))],
    "image.gaussian_blur": [lambda ops, i: ops.image.gaussian_blur(i(None, 8, 8, 3))],
    "image.hsv_to_rgb": [lambda ops, i: ops.image.hsv_to_rgb(i(None, 8, 8, 3))],
    "image.rgb_to_hsv": [lambda ops, i: ops.image.rgb_to_hsv(i(8, 8, 3))],
    "image.rgb_to_grayscale": [lambda ops, i: ops.image.rgb_to_grayscale(i(None, 8, 8, 3))],
    "image.sobel_edges": [lambda ops, i: ops.image.sobel_edges(i(None, 8, 8, 3))],
    "image.map_coordinates": [lambda ops, i: ops.image.map_coordinates(i(8, 8), i(2, 5, None), 1)],
    "image.perspective_transform": [
        lambda ops, i: ops.image.perspective_transform(i(None, 8, 8, 3), i(None, 4, 2), i(None, 4, 2))
    ],
    "image.resize": [
        lambda ops, i: ops.image.resize(i(None, 8, 8, 3), (4, 5)),
        lambda ops, i: ops.image.resize(i(3, None, None), (4, 5), data_format="channels_first"),
    ],
    "image.scale_and_translate": [
        lambda ops, i: ops.image.scale_and_translate(i(2, 8, 8, 3), (2, 4, 4, 3), i(2), i(2), (1, 2), "linear")
    ],
    "image.ssim": [lambda ops, i: ops.image.ssim(i(None, 8, 8, 3), i(None, 8, 8, 3))],
}
del RECIPES["sum_of_ints"]


def double(x: Any) -> Any:
    """A function argument for the operations that take one."""
    return x + x


# Functions that cannot be part of a model that Keras loads, each with an example call.
REFUSED: dict[str, Recipe] = {
    "arange": lambda ops, i: ops.arange(i(dtype="int32")),
    "bartlett": lambda ops, i: ops.bartlett(i(dtype="int32")),
    "blackman": lambda ops, i: ops.blackman(i(dtype="int32")),
    "convert_to_numpy": lambda ops, i: ops.convert_to_numpy(i(3)),
    "custom_gradient": lambda ops, i: ops.custom_gradient(i(3)),
    "dtype": lambda ops, i: ops.dtype(i(3)),
    "empty": lambda ops, i: ops.empty(i(2, dtype="int32")),
    "eye": lambda ops, i: ops.eye(i(dtype="int32")),
    "hamming": lambda ops, i: ops.hamming(i(dtype="int32")),
    "hanning": lambda ops, i: ops.hanning(i(dtype="int32")),
    "identity": lambda ops, i: ops.identity(i(dtype="int32")),
    "is_tensor": lambda ops, i: ops.is_tensor(i(3)),
    "kaiser": lambda ops, i: ops.kaiser(i(dtype="int32"), 14),
    "ones": lambda ops, i: ops.ones(i(2, dtype="int32")),
    "shape": lambda ops, i: ops.shape(i(None, 3)),
    "tri": lambda ops, i: ops.tri(i(dtype="int32")),
    "zeros": lambda ops, i: ops.zeros(i(2, dtype="int32")),
    # They take a function, which is saved as code that Keras does not load by default, or not saved at all.
    "associative_scan": lambda ops, i: ops.associative_scan(lambda x, y: x + y, i(4, 3)),
    "cond": lambda ops, i: ops.cond(i(dtype="bool"), lambda: ops.ones(3), lambda: ops.zeros(3)),
    "fori_loop": lambda ops, i: ops.fori_loop(0, 3, lambda n, x: x, i(3)),
    "jvp": lambda ops, i: ops.jvp(double, (i(3),), (i(3),)),
    "map": lambda ops, i: ops.map(double, i(4, 3)),
    "scan": lambda ops, i: ops.scan(lambda carry, x: (carry, x), i(), i(4)),
    "switch": lambda ops, i: ops.switch(i(dtype="int32"), [double, double], i(3)),
    "vectorize": lambda ops, i: ops.vectorize(double)(i(4, 3)),
    "vectorized_map": lambda ops, i: ops.vectorized_map(double, i(4, 3)),
    "while_loop": lambda ops, i: ops.while_loop(lambda x: True, double, i(3)),
    # Keras saves these, but loads their tuple as a list and fails.
    "adaptive_average_pool": lambda ops, i: ops.adaptive_average_pool(i(None, 8, 3), (2,)),
    "adaptive_max_pool": lambda ops, i: ops.adaptive_max_pool(i(None, 8, 3), (2,)),
}

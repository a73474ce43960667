"""The rule and parameters of each function of TensorFlow in tf.keras models.

Parameters are written `inputs | arguments`: inputs are passed to the rule in this order, arguments by name in the
operation's config. `a/b=0` is the argument `a` of the rule, which files may also call `b`; its default is 0.
"""

from __future__ import annotations

from typing import Any, Final

_REDUCE = "input_tensor/input | axis/reduction_indices=None keepdims/keep_dims=False"
_ARG = "input | axis/dimension=None output_type='int64'"
_CONV = "input filters/filter | strides/stride=1 padding='VALID' data_format=None dilations/dilation_rate=None"
_POOL = "input/value | ksize=1 strides=None padding='VALID' data_format=None"
_PAIR = "x/a/input y/b/other"
_ONE = "x/input/features/tensor/a/logits/matrix/images/image/value/t/values | **"
_MASKS = " begin_mask=0 end_mask=0 ellipsis_mask=0 new_axis_mask=0 shrink_axis_mask=0 var=None"

# (rule `module.function`, options, parameters, functions)
FAMILIES: Final[tuple[tuple[str, dict[str, Any], str, str], ...]] = (
    (
        "tensorflow_rules.unary",
        {},
        _ONE,
        "math.abs abs math.acos math.acosh math.asin math.asinh math.atan math.atanh math.bessel_i0 math.bessel_i1"
        " math.ceil math.conj math.cos math.cosh math.cumprod math.cumsum cumsum math.digamma math.erf math.erfc math.erfinv"
        " math.exp exp math.expm1 math.floor floor math.imag math.inv math.invert_permutation math.l2_normalize"
        " nn.l2_normalize linalg.l2_normalize math.lgamma math.log log math.log1p math.log_sigmoid nn.log_softmax"
        " math.log_softmax math.negative math.ndtri math.real math.reciprocal math.reciprocal_no_nan math.rint math.round"
        " round math.rsqrt math.sigmoid sigmoid nn.sigmoid math.sign math.sin math.sinh math.softmax nn.softmax"
        " math.softplus nn.softplus math.softsign nn.softsign math.sqrt sqrt math.square square math.tan math.tanh tanh"
        " nn.tanh nn.elu nn.gelu nn.leaky_relu nn.relu nn.relu6 nn.selu nn.silu nn.swish"
        " linalg.cholesky linalg.inv image.per_image_standardization",
    ),
    (
        "tensorflow_rules.unary",
        {},
        _ONE,
        "clip_by_value clip_by_norm linalg.band_part reverse roll nn.bias_add nn.dropout random.shuffle sort grad_pass_through"
        " debugging.check_numerics",
    ),
    ("tensorflow_rules.unary_kept", {}, "input | ", "identity stop_gradient"),
    ("tensorflow_rules.cast", {}, "value | dtype=None dtype_hint=None", "convert_to_tensor"),
    (
        "tensorflow_rules.unary",
        {"dtype": "bool"},
        _ONE,
        "math.is_finite math.is_inf math.is_nan math.logical_not logical_not",
    ),
    ("tensorflow_rules.unary", {"dtype": "int32"}, _ONE, "argsort"),
    ("tensorflow_rules.cast", {}, "x | dtype=None", "cast saturate_cast"),
    ("tensorflow_rules.binary", {"fold": "add"}, _PAIR, "__operators__.add math.add add"),
    ("tensorflow_rules.binary", {"fold": "sub"}, _PAIR, "math.subtract subtract"),
    ("tensorflow_rules.binary", {"fold": "mul"}, _PAIR, "math.multiply multiply"),
    ("tensorflow_rules.binary", {"fold": "floordiv"}, _PAIR, "math.floordiv floor_div"),
    ("tensorflow_rules.binary", {}, "y x", "math.atan2 atan2"),
    (
        "tensorflow_rules.binary",
        {},
        _PAIR,
        "math.divide divide math.divide_no_nan math.floormod math.mod floormod math.maximum maximum math.minimum"
        " minimum math.multiply_no_nan math.pow pow math.squared_difference squared_difference math.truediv truediv"
        " math.xdivy math.xlogy realdiv bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor",
    ),
    (
        "tensorflow_rules.binary",
        {"dtype": "bool"},
        _PAIR,
        "__operators__.eq __operators__.ne math.equal equal math.greater greater math.greater_equal greater_equal math.less"
        " less math.less_equal less_equal math.logical_and logical_and math.logical_or logical_or math.logical_xor"
        " math.not_equal not_equal",
    ),
    ("tensorflow_rules.several", {}, "inputs", "math.add_n add_n math.accumulate_n"),
    ("tensorflow_rules.where", {}, "condition x=None y=None", "where where_v2"),
    ("tensorflow_rules.concat", {}, "values | axis=0", "concat"),
    ("tensorflow_rules.stack", {}, "values | axis=0", "stack"),
    ("tensorflow_rules.split", {}, "value | num_or_size_splits=None axis/split_dim=0 num=None", "split"),
    ("tensorflow_rules.unstack", {}, "value | num=None axis=0", "unstack"),
    ("tensorflow_rules.reshape", {}, "tensor | shape=None", "reshape"),
    ("tensorflow_rules.transpose", {}, "a | axes/perm=None conjugate=False", "transpose"),
    ("tensorflow_rules.expand_dims", {}, "input | axis/dim=None", "expand_dims"),
    ("tensorflow_rules.squeeze", {}, "input | axis/squeeze_dims=None", "squeeze"),
    ("tensorflow_rules.tile", {}, "input | multiples=None", "tile"),
    ("tensorflow_rules.repeat", {}, "input | repeats=None axis=None", "repeat"),
    ("tensorflow_rules.pad", {}, "tensor | paddings=None mode=None constant_values=0", "pad"),
    ("tensorflow_rules.broadcast_to", {}, "input | shape=None", "broadcast_to"),
    ("tensorflow_rules.getitem", {}, "tensor slice_spec", "__operators__.getitem"),
    ("tensorflow_rules.gather", {}, "params indices | validate_indices=None axis=None batch_dims=0", "gather"),
    ("tensorflow_rules.gather_nd", {}, "params indices | batch_dims=0 bad_indices_policy=''", "gather_nd"),
    (
        "tensorflow_rules.embedding_lookup",
        {},
        "params ids | max_norm=None partition_strategy=None validate_indices=None",
        "nn.embedding_lookup",
    ),
    ("tensorflow_rules.boolean_mask", {}, "tensor mask | axis=None", "boolean_mask"),
    ("tensorflow_rules.slice_", {}, "input_/input | begin=None size=None", "slice"),
    ("tensorflow_rules.strided_slice", {}, "input_ | begin=None end=None strides=None" + _MASKS, "strided_slice"),
    (
        "tensorflow_rules.one_hot",
        {},
        "indices | depth=None on_value=None off_value=None axis=None dtype=None",
        "one_hot",
    ),
    ("tensorflow_rules.sequence_mask", {}, "lengths | maxlen=None dtype=None", "sequence_mask"),
    ("tensorflow_rules.top_k", {}, "input | k=1 sorted=True index_type=None", "math.top_k nn.top_k"),
    (
        "tensorflow_rules.reduction",
        {},
        _REDUCE,
        "math.reduce_euclidean_norm math.reduce_logsumexp reduce_logsumexp math.reduce_max reduce_max math.reduce_mean"
        " reduce_mean math.reduce_min reduce_min math.reduce_prod reduce_prod math.reduce_std math.reduce_sum reduce_sum"
        " math.reduce_variance",
    ),
    ("tensorflow_rules.reduction", {"dtype": "bool"}, _REDUCE, "math.reduce_all reduce_all math.reduce_any reduce_any"),
    ("tensorflow_rules.reduction", {"dtype": "int64"}, _REDUCE + " dtype=None", "math.count_nonzero"),
    ("tensorflow_rules.norm", {}, "tensor | ord='euclidean' axis=None keepdims/keep_dims=False", "norm linalg.norm"),
    ("tensorflow_rules.arg", {}, _ARG, "math.argmax argmax math.argmin argmin"),
    ("tensorflow_rules.drop_axes", {"count": 2}, "input", "linalg.det linalg.trace linalg.logdet"),
    ("tensorflow_rules.filled", {}, "shape | dtype='float32' layout=None", "zeros ones"),
    (
        "tensorflow_rules.filled",
        {},
        "shape | mean=0 stddev=1 minval=0 maxval=None dtype='float32' seed=None",
        "random.normal random.uniform random.truncated_normal random_normal random_uniform",
    ),
    ("tensorflow_rules.fill", {}, "dims | value=None layout=None", "fill"),
    ("tensorflow_rules.like", {}, "input/tensor | dtype=None optimize=True layout=None", "zeros_like ones_like"),
    ("tensorflow_rules.shape_of", {}, "input | out_type='int32'", "shape"),
    ("tensorflow_rules.size", {}, "input | out_type='int32'", "size"),
    ("tensorflow_rules.rank", {}, "input", "rank"),
    ("tensorflow_rules.range_", {}, "start limit=None delta=1 | dtype=None", "range"),
    (
        "tensorflow_rules.matmul",
        {},
        "a b | transpose_a=False transpose_b=False adjoint_a=False adjoint_b=False a_is_sparse=False b_is_sparse=False"
        " output_type=None grad_a=False grad_b=False",
        "linalg.matmul matmul",
    ),
    ("tensorflow_rules.matvec", {}, "a b | transpose_a=False", "linalg.matvec"),
    ("tensorflow_rules.tensordot", {}, "a b | axes=None", "tensordot"),
    ("tensorflow_windows.conv", {}, _CONV + " use_cudnn_on_gpu=True", "nn.conv1d nn.conv2d nn.conv3d nn.convolution"),
    (
        "tensorflow_windows.conv",
        {"depthwise": True},
        "input filters/filter | strides=1 padding='VALID' rate=None data_format=None dilations=None",
        "nn.depthwise_conv2d",
    ),
    (
        "tensorflow_windows.pool",
        {},
        _POOL,
        "nn.max_pool nn.max_pool1d nn.max_pool2d nn.max_pool3d nn.avg_pool nn.avg_pool1d nn.avg_pool2d nn.avg_pool3d",
    ),
    (
        "tensorflow_windows.depth_to_space",
        {},
        "input | block_size=None data_format='NHWC'",
        "nn.depth_to_space depth_to_space",
    ),
    (
        "tensorflow_windows.depth_to_space",
        {"inverse": True},
        "input | block_size=None data_format='NHWC'",
        "nn.space_to_depth space_to_depth",
    ),
    (
        "tensorflow_windows.image",
        {},
        "image/images | **",
        "image.adjust_brightness image.adjust_contrast image.adjust_gamma image.adjust_hue image.adjust_saturation"
        " image.flip_left_right image.flip_up_down image.random_brightness image.random_contrast"
        " image.random_flip_left_right image.random_flip_up_down image.random_hue image.random_saturation image.rgb_to_hsv"
        " image.hsv_to_rgb",
    ),
    ("tensorflow_windows.image_channels", {"channels": 1}, "images | ", "image.rgb_to_grayscale"),
    ("tensorflow_windows.image_channels", {"channels": 3}, "images | ", "image.grayscale_to_rgb"),
    (
        "tensorflow_windows.resize",
        {},
        "images | size=None method='bilinear' preserve_aspect_ratio=False antialias=False align_corners=False",
        "image.resize image.resize_images",
    ),
    (
        "tensorflow_windows.resize",
        {},
        "images | size=None method='nearest' preserve_aspect_ratio=False half_pixel_centers=False",
        "image.resize_nearest_neighbor",
    ),
    (
        "tensorflow_windows.resize_to",
        {},
        "image | target_height=None target_width=None method=None antialias=False offset_height=None offset_width=None",
        "image.resize_with_pad image.resize_with_crop_or_pad image.crop_to_bounding_box image.pad_to_bounding_box"
        " image.resize_image_with_crop_or_pad",
    ),
    ("tensorflow_windows.central_crop", {}, "image | central_fraction=1", "image.central_crop"),
    (
        "tensorflow_windows.frames",
        {},
        "signal | frame_length=None frame_step=None pad_end=False pad_value=0 axis=-1",
        "signal.frame",
    ),
    ("tensorflow_rules.lost", {}, "first | ", "einsum meshgrid"),
    (
        "tensorflow_windows.stft",
        {},
        "signals | frame_length=None frame_step=None fft_length=None window_fn=None pad_end=False",
        "signal.stft",
    ),
)

FUNCTIONS: Final[dict[str, tuple[str, dict[str, Any], str]]] = {
    name: (rule, options, parameters) for rule, options, parameters, names in FAMILIES for name in names.split()
}

# A graph operation -> the equivalent function, its inputs (`*`: a variable number), and which of its attributes are
# which arguments.
RawOperation = tuple[str, str, dict[str, str]]
_SLICE_MASKS = {f"{name}_mask": f"{name}_mask" for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}
_WINDOW = {"strides": "strides", "padding": "padding", "data_format": "data_format"}
_UNARY = (
    "Abs Acos Asin Atan Ceil Cos Cosh Elu Erf Exp Expm1 Floor Log Log1p LogSoftmax LeakyRelu Relu Relu6 Round Rsqrt Selu"
    " Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Square Tan Tanh Reciprocal"
)
_PAIRS = {
    "Add": "math.add", "AddV2": "math.add", "Sub": "math.subtract", "Mul": "math.multiply", "Div": "math.divide",
    "RealDiv": "math.truediv", "FloorDiv": "math.floordiv", "FloorMod": "math.floormod", "Mod": "math.mod",
    "Pow": "math.pow", "Maximum": "math.maximum", "Minimum": "math.minimum", "DivNoNan": "math.divide_no_nan",
    "SquaredDifference": "math.squared_difference", "Atan2": "math.atan2", "Equal": "math.equal",
    "NotEqual": "math.not_equal", "Greater": "math.greater", "GreaterEqual": "math.greater_equal", "Less": "math.less",
    "LessEqual": "math.less_equal", "LogicalAnd": "math.logical_and", "LogicalOr": "math.logical_or",
}  # fmt: skip
_REDUCTIONS = {
    "Mean": "reduce_mean", "Sum": "reduce_sum", "Max": "reduce_max", "Min": "reduce_min", "Prod": "reduce_prod",
    "All": "reduce_all", "Any": "reduce_any",
}  # fmt: skip

RAW: Final[dict[str, RawOperation]] = {
    **{name: ("math.abs", "x", {}) for name in _UNARY.split()},
    **{name: (function, "x y", {}) for name, function in _PAIRS.items()},
    **{name: (function, "input_tensor axis", {"keep_dims": "keepdims"}) for name, function in _REDUCTIONS.items()},
    "Neg": ("math.abs", "x", {}),
    "Inv": ("math.abs", "x", {}),
    "Cumsum": ("math.cumsum", "x axis", {}),
    "Cumprod": ("math.cumprod", "x axis", {}),
    "LogicalNot": ("logical_not", "x", {}),
    "Identity": ("identity", "input", {}),
    "StopGradient": ("stop_gradient", "input", {}),
    "BiasAdd": ("nn.bias_add", "x bias", {"data_format": "data_format"}),
    "ReverseV2": ("reverse", "x axis", {}),
    "Roll": ("roll", "x shift axis", {}),
    "MatrixBandPart": ("linalg.band_part", "x num_lower num_upper", {}),
    "ClipByValue": ("clip_by_value", "x clip_value_min clip_value_max", {}),
    "Cast": ("cast", "x", {"DstT": "dtype"}),
    "AddN": ("add_n", "*", {}),
    "SelectV2": ("where", "condition x y", {}),
    "Select": ("where", "condition x y", {}),
    "Where": ("where", "condition", {}),
    "ConcatV2": ("concat", "* axis", {}),
    "Pack": ("stack", "*", {"axis": "axis"}),
    "Unpack": ("unstack", "value", {"axis": "axis", "num": "num"}),
    "Split": ("split", "axis value", {"num_split": "num_or_size_splits"}),
    "SplitV": ("split", "value num_or_size_splits axis", {}),
    "Reshape": ("reshape", "tensor shape", {}),
    "Transpose": ("transpose", "a perm", {}),
    "ExpandDims": ("expand_dims", "input axis", {}),
    "Squeeze": ("squeeze", "input", {"squeeze_dims": "axis"}),
    "Tile": ("tile", "input multiples", {}),
    "Pad": ("pad", "tensor paddings", {}),
    "PadV2": ("pad", "tensor paddings constant_values", {}),
    "MirrorPad": ("pad", "tensor paddings", {}),
    "BroadcastTo": ("broadcast_to", "input shape", {}),
    "StridedSlice": ("strided_slice", "input_ begin end strides", _SLICE_MASKS),
    "Slice": ("slice", "input begin size", {}),
    "Gather": ("gather", "params indices", {}),
    "GatherV2": ("gather", "params indices axis", {"batch_dims": "batch_dims"}),
    "GatherNd": ("gather_nd", "params indices", {}),
    "OneHot": ("one_hot", "indices depth on_value off_value", {"axis": "axis"}),
    "TopKV2": ("math.top_k", "input k", {}),
    "ArgMax": ("argmax", "input axis", {"output_type": "output_type"}),
    "ArgMin": ("argmin", "input axis", {"output_type": "output_type"}),
    "Fill": ("fill", "dims value", {}),
    "ZerosLike": ("zeros_like", "input", {}),
    "OnesLike": ("ones_like", "input", {}),
    "Shape": ("shape", "input", {"out_type": "out_type"}),
    "Size": ("size", "input", {}),
    "Rank": ("rank", "input", {}),
    "Range": ("range", "start limit delta", {}),
    "MatMul": ("linalg.matmul", "a b", {"transpose_a": "transpose_a", "transpose_b": "transpose_b"}),
    "BatchMatMul": ("linalg.matmul", "a b", {"adj_x": "adjoint_a", "adj_y": "adjoint_b"}),
    "BatchMatMulV2": ("linalg.matmul", "a b", {"adj_x": "adjoint_a", "adj_y": "adjoint_b"}),
    "Conv2D": ("nn.conv2d", "input filters", {**_WINDOW, "dilations": "dilations"}),
    "DepthwiseConv2dNative": ("nn.depthwise_conv2d", "input filters", {**_WINDOW, "dilations": "dilations"}),
    "MaxPool": ("nn.max_pool2d", "input", {**_WINDOW, "ksize": "ksize"}),
    "AvgPool": ("nn.avg_pool2d", "value", {**_WINDOW, "ksize": "ksize"}),
    "DepthToSpace": ("nn.depth_to_space", "input", {"block_size": "block_size", "data_format": "data_format"}),
    "SpaceToDepth": ("nn.space_to_depth", "input", {"block_size": "block_size", "data_format": "data_format"}),
    "ResizeBilinear": ("image.resize", "images size", {}),
    "ResizeBicubic": ("image.resize", "images size", {}),
    "ResizeNearestNeighbor": ("image.resize_nearest_neighbor", "images size", {}),
}

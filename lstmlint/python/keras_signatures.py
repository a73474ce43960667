"""The parameters of Keras's layers, in the order in which a program may pass them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lstmlint.python.machine import Arguments
from lstmlint.signatures import keras2, keras3

# Parameters of Keras 1 (1.2.2), of the classes that have others than Keras 2.
CONVOLUTION = "init activation weights border_mode subsample dim_ordering"
RECURRENT = "output_dim init inner_init"
KERAS1: dict[str, str] = {
    "Dense": "output_dim init activation weights W_regularizer b_regularizer activity_regularizer",
    "Activation": "activation",
    "Dropout": "p",
    "SpatialDropout1D": "p",
    "SpatialDropout2D": "p dim_ordering",
    "SpatialDropout3D": "p dim_ordering",
    "Reshape": "target_shape",
    "Permute": "dims",
    "Flatten": "",
    "RepeatVector": "n",
    "Masking": "mask_value",
    "Lambda": "function output_shape mask arguments",
    "Merge": "layers mode concat_axis dot_axes output_shape output_mask arguments node_indices tensor_indices name",
    "TimeDistributedDense": "output_dim init activation weights",
    "MaxoutDense": "output_dim nb_feature init weights",
    "Highway": "init activation weights",
    "Embedding": "input_dim output_dim init input_length",
    "BatchNormalization": "epsilon mode axis momentum",
    "SimpleRNN": f"{RECURRENT} activation",
    "LSTM": f"{RECURRENT} forget_bias_init activation inner_activation",
    "GRU": f"{RECURRENT} activation inner_activation",
    "Convolution1D": "nb_filter filter_length init activation weights border_mode subsample_length",
    "Convolution2D": f"nb_filter nb_row nb_col {CONVOLUTION}",
    "Convolution3D": f"nb_filter kernel_dim1 kernel_dim2 kernel_dim3 {CONVOLUTION}",
    "AtrousConvolution1D": "nb_filter filter_length init activation weights border_mode subsample_length atrous_rate",
    "AtrousConvolution2D": "nb_filter nb_row nb_col init activation weights border_mode subsample atrous_rate",
    "Deconvolution2D": "nb_filter nb_row nb_col output_shape init activation",
    "SeparableConvolution2D": "nb_filter nb_row nb_col init activation weights border_mode subsample depth_multiplier",
    "LocallyConnected1D": "nb_filter filter_length init activation weights border_mode subsample_length",
    "LocallyConnected2D": f"nb_filter nb_row nb_col {CONVOLUTION}",
    "ConvLSTM2D": "nb_filter nb_row nb_col init inner_init forget_bias_init activation inner_activation",
    "MaxPooling1D": "pool_length stride border_mode",
    "AveragePooling1D": "pool_length stride border_mode",
    "MaxPooling2D": "pool_size strides border_mode dim_ordering",
    "AveragePooling2D": "pool_size strides border_mode dim_ordering",
    "MaxPooling3D": "pool_size strides border_mode dim_ordering",
    "AveragePooling3D": "pool_size strides border_mode dim_ordering",
    "GlobalMaxPooling1D": "",
    "GlobalAveragePooling1D": "",
    "GlobalMaxPooling2D": "dim_ordering",
    "GlobalAveragePooling2D": "dim_ordering",
    "UpSampling1D": "length",
    "UpSampling2D": "size dim_ordering",
    "UpSampling3D": "size dim_ordering",
    "ZeroPadding1D": "padding",
    "ZeroPadding2D": "padding dim_ordering",
    "ZeroPadding3D": "padding dim_ordering",
    "Cropping1D": "cropping",
    "Cropping2D": "cropping dim_ordering",
    "Cropping3D": "cropping dim_ordering",
    "LeakyReLU": "alpha",
    "ELU": "alpha",
    "PReLU": "init weights shared_axes",
    "ThresholdedReLU": "theta",
    "SReLU": "t_left_init",
    "ParametricSoftplus": "alpha_init beta_init",
    "GaussianNoise": "sigma",
    "GaussianDropout": "p",
    "TimeDistributed": "layer",
    "Bidirectional": "layer merge_mode weights",
    "ActivityRegularization": "l1 l2",
}
KERAS1["Conv1D"] = KERAS1["Convolution1D"]
KERAS1["Conv2D"] = KERAS1["Convolution2D"]
KERAS1["Conv3D"] = KERAS1["Convolution3D"]
KERAS1["AtrousConv2D"] = KERAS1["AtrousConvolution2D"]
KERAS1["AtrousConv1D"] = KERAS1["AtrousConvolution1D"]
KERAS1["Deconv2D"] = KERAS1["Deconvolution2D"]
KERAS1["SeparableConv2D"] = KERAS1["SeparableConvolution2D"]
# Other names of classes in Keras 2 and 3.
ALIASES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3DTranspose": "Conv3DTranspose",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "Deconv2D": "Conv2DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
}
ONLY_KERAS1 = frozenset(
    {"Merge", "TimeDistributedDense", "MaxoutDense", "Highway", "SReLU", "ParametricSoftplus", "AtrousConvolution1D",
     "AtrousConvolution2D", "AtrousConv1D", "AtrousConv2D"}
)  # fmt: skip
# Layers that keras.layers has had and the tables lack, with their parameters.
MORE: dict[str, str] = {
    "CuDNNLSTM": "units",
    "CuDNNGRU": "units",
    "ConvRNN2D": "cell",
    "ConvLSTM2DCell": "filters kernel_size",
    "MinMaxNorm": "",
    "InputLayer": "input_shape batch_size",
    "Layer": "",
    "DenseFeatures": "feature_columns",
}


def is_layer_class(name: str) -> bool:
    """Return whether Keras has, or had, a layer of this name."""
    return name in keras3.SIGNATURES or name in keras2.SIGNATURES or name in KERAS1 or name in MORE


@lru_cache(maxsize=512)
def parameters(class_name: str, dialect: str) -> tuple[str, ...] | None:
    """Return the parameters of a layer in the order of its constructor; None if it is not known."""
    if dialect == "keras1" and class_name in KERAS1:
        return tuple(KERAS1[class_name].split())
    tables = (keras3.SIGNATURES, keras2.SIGNATURES) if dialect == "keras3" else (keras2.SIGNATURES, keras3.SIGNATURES)
    for table in tables:
        if class_name in table:
            return tuple(table[class_name])
    found = KERAS1.get(class_name, MORE.get(class_name))
    return None if found is None else tuple(found.split())


def bind(class_name: str, dialect: str, arguments: Arguments) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the arguments of a layer by name, and their nodes; None if there are too many."""
    names = parameters(class_name, dialect) or ()
    if len(arguments.args) > len(names):
        return None
    given = dict(zip(names, arguments.args, strict=False))
    nodes: dict[str, Any] = {name: arguments.nodes.get(i) for i, name in enumerate(names[: len(arguments.args)])}
    given.update(arguments.kwargs)
    nodes.update({name: node for name, node in arguments.nodes.items() if isinstance(name, str)})
    return given, nodes

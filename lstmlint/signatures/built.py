"""Since when Keras 3 reads or builds things that no signature shows. Measured with the releases."""

from __future__ import annotations

from typing import Final

# Slices with an ellipsis.
ELLIPSIS: Final = (3, 3)
# Inputs and outputs of any structure, a single tensor among them.
NESTED_ENDS: Final = (3, 4)
# A layer as an activation.
ACTIVATION_LAYERS: Final = (3, 10)
# `input_length` of an Embedding, which is ignored.
INPUT_LENGTH: Final = (3, 2)
# LSTM and GRU with dropout run on cuDNN.
DROPOUT_ON_CUDNN: Final = (3, 4)
# SeparableConv and DepthwiseConv with strides and dilation, which earlier releases refuse.
SEPARABLE_DILATED: Final = (3, 15)
# Those of ConvLSTM, which earlier releases accept.
CONV_LSTM_DILATED: Final = (3, 14)
# MultiHeadAttention with queries of another width than the values.
OTHER_QUERY_WIDTH: Final = (3, 7)
# RandomCrop keeps images as they are in inference.
CROPS_IN_TRAINING: Final = (3, 8)
# The build_config of a Dot.
BUILT_MERGES: Final = (3, 2)
# Layers that are called with return_attention_scores.
RETURNS_SCORES: Final = {
    "MultiHeadAttention": (3, 3), "Attention": (3, 8), "AdditiveAttention": (3, 8), "GroupQueryAttention": (3, 15),
}  # fmt: skip
# Layers that are built from a file since a later release than the one in which they appeared.
LAYERS: Final = {"Pipeline": (3, 7)}
# Layers that one release cannot call on a symbolic input.
BROKEN: Final = {"RandomGrayscale": (3, 10)}
# A TimeDistributed around a functional model.
TIME_DISTRIBUTED_MODEL: Final = (3, 5)
# A Bidirectional that returns states.
RETURNED_STATES: Final = (3, 2)
# Arguments that a layer can be built with, unless they are None.
ARGUMENTS: Final = {("MultiHeadAttention", "output_shape"): (3, 7)}
# The modes of a QuantizedDTypePolicy.
QUANTIZATION_MODES: Final = {"int8": (3, 1), "float8": (3, 3), "int4": (3, 11), "gptq": (3, 12), "awq": (3, 14)}
# Releases that compute a mask for a nested model again, as an operation with the name of the one in the file.
MASKS_TWICE: Final = ((3, 4), (3, 5))
# Policies of layers whose weights no release loads from an HDF5 file.
POLICIES_NOT_IN_HDF5: Final = frozenset({"DTypePolicyMap", "QuantizedFloat8DTypePolicy"})
# int8 kernels with scales that have their present shape in HDF5 files.
INT8_IN_HDF5: Final = (3, 2)
# Operations that take the list in which a file keeps several indices or slices.
INDEX_LISTS: Final = (3, 2)
# A functional model that computes its outputs from inputs that are not among its own.
INPUTS_CHECKED: Final = (3, 10)
# tf.keras keeps and finds the weights in an archive under "layers".
WEIGHTS_IN_LAYERS: Final = (2, 15)
# Nadam keeps its momentum product after the momenta of the weights, and no longer before them.
NADAM_STATE: Final = (3, 10)
# A nested Sequential that is built when it is loaded, and needs its weights then.
SEQUENTIAL_WEIGHTS: Final = (3, 5)


def shown(version: tuple[int, int]) -> str:
    """Return a version as text: 3.2."""
    return f"{version[0]}.{version[1]}"

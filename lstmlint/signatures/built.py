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
# The build_config of a Dot.
BUILT_MERGES: Final = (3, 2)
# Layers that are called with return_attention_scores.
RETURNS_SCORES: Final = {
    "MultiHeadAttention": (3, 3), "Attention": (3, 8), "AdditiveAttention": (3, 8), "GroupQueryAttention": (3, 15),
}  # fmt: skip

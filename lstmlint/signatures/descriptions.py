"""What each layer does, and what its arguments mean, in one or two sentences.

Most arguments mean the same in every layer that has them, so `ARGUMENTS` describes them by name. `OF_CLASSES` contains the
exceptions. The names of its classes, and those of `LAYERS`, leave out the rank: "Conv" stands for Conv1D, Conv2D and Conv3D.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# Other names of the same class.
ALIASES: Final = {
    "Convolution": "Conv",
    "Deconvolution": "ConvTranspose",
    "Deconv": "ConvTranspose",
    "AvgPool": "AveragePooling",
    "MaxPool": "MaxPooling",
}

ARGUMENTS: Final[dict[str, str]] = {
    # Every layer
    "name": "Name of the layer, unique in its model.",
    "trainable": "false freezes the weights: training does not change them.",
    "dtype": 'Data type of the weights and of the computation ("float32"), or a policy such as "mixed_float16".',
    "activity_regularizer": "Penalty on the output of the layer, added to the loss.",
    "autocast": "true converts floating-point inputs to the data type in which the layer computes.",
    "dynamic": "true runs the layer eagerly, because its code cannot become a graph. Only Keras 2 has it.",
    "input_shape": "Shape of the input without the batch: [13, 5] for 13 timesteps of 5 features.",
    "batch_input_shape": "Shape of the input with the batch: [null, 13, 5]. null stands for any size.",
    "batch_shape": "Shape of the input with the batch: [null, 13, 5]. null stands for any size.",
    "batch_size": "Number of samples in a batch, if it is fixed.",
    "input_dim": "Number of features of the input. It is a short form of the input's shape.",
    "input_length": "Number of timesteps of the input, if it is fixed.",
    "input_dtype": 'Data type of the input: "float32", "int32".',
    "weights": "Initial values of the weights, as arrays. A config that was saved has null.",
    # Sizes and windows
    "units": "Size of the last axis of the output.",
    "filters": "Number of channels of the output.",
    "kernel_size": "Size of the kernel's window along each spatial axis. One integer holds for all axes.",
    "pool_size": "Size of the pooled window along each spatial axis. One integer holds for all axes.",
    "strides": "Distance between neighboring windows along each spatial axis. 2 halves the size of the output.",
    "padding": '"valid" uses only windows inside the input; "same" pads the input, so that strides of 1 keep its size.',
    "output_padding": "What is added to the size of the output along each axis; less than the stride. null picks the size that"
    " the padding implies.",
    "dilation_rate": "Distance between neighboring points of the kernel. Above 1, the kernel covers a larger area with as many"
    " weights.",
    "data_format": '"channels_last" if the channels are the last axis, "channels_first" if they follow the batch. null stands'
    ' for the setting of Keras, which is "channels_last" by default.',
    "groups": "Number of groups of channels that are convolved separately. It must divide the channels of input and output.",
    "depth_multiplier": "Number of output channels of the depthwise convolution for each input channel.",
    "conv_op": "Function that computes the convolution instead of that of TensorFlow. Only Keras 2 has it.",
    "implementation": "How the result is computed. It changes neither weights nor shapes.",
    "keepdims": "true keeps the pooled axes, with size 1.",
    "output_size": "Size of the output along each spatial axis. The windows adapt to the size of the input.",
    # Weights
    "activation": 'Function applied to the output: "relu", "softmax". null or "linear" leaves it as it is.',
    "use_bias": "true adds a trainable bias.",
    "kernel_initializer": "How the kernel gets its first values.",
    "bias_initializer": "How the bias gets its first values.",
    "recurrent_initializer": "How the recurrent kernel, which multiplies the previous state, gets its first values.",
    "depthwise_initializer": "How the depthwise kernel gets its first values.",
    "pointwise_initializer": "How the pointwise kernel, which mixes the channels, gets its first values.",
    "embeddings_initializer": "How the vectors get their first values.",
    "gamma_initializer": "How the scale gamma gets its first values.",
    "beta_initializer": "How the offset beta gets its first values.",
    "kernel_regularizer": "Penalty on the kernel, added to the loss.",
    "bias_regularizer": "Penalty on the bias, added to the loss.",
    "recurrent_regularizer": "Penalty on the recurrent kernel, added to the loss.",
    "depthwise_regularizer": "Penalty on the depthwise kernel, added to the loss.",
    "pointwise_regularizer": "Penalty on the pointwise kernel, added to the loss.",
    "embeddings_regularizer": "Penalty on the vectors, added to the loss.",
    "gamma_regularizer": "Penalty on the scale gamma, added to the loss.",
    "beta_regularizer": "Penalty on the offset beta, added to the loss.",
    "kernel_constraint": "Constraint that the kernel is projected onto after each training step.",
    "bias_constraint": "Constraint that the bias is projected onto after each training step.",
    "recurrent_constraint": "Constraint that the recurrent kernel is projected onto after each training step.",
    "depthwise_constraint": "Constraint that the depthwise kernel is projected onto after each training step.",
    "pointwise_constraint": "Constraint that the pointwise kernel is projected onto after each training step.",
    "embeddings_constraint": "Constraint that the vectors are projected onto after each training step.",
    "gamma_constraint": "Constraint that the scale gamma is projected onto after each training step.",
    "beta_constraint": "Constraint that the offset beta is projected onto after each training step.",
    "lora_rank": "Rank of a low-rank update (LoRA) that is trained while the kernel is frozen. null trains the kernel.",
    "lora_alpha": "The low-rank update is multiplied by lora_alpha / lora_rank. null stands for lora_rank.",
    "quantization_config": "How the weights are quantized to int8, int4 or float8. null keeps them as they are.",
    # Recurrence
    "recurrent_activation": "Function applied to the gates.",
    "dropout": "Share of the input (0 to 1) that is set to zero in training.",
    "recurrent_dropout": "Share of the state (0 to 1) that is set to zero in training. Above 0, cuDNN cannot be used.",
    "return_sequences": "true returns the output of every timestep, which the next recurrent layer needs; false only that of the"
    " last timestep.",
    "return_state": "true returns the final states after the output: two of an LSTM, one of a GRU or SimpleRNN.",
    "go_backwards": "true reads the sequence from its end. The outputs of return_sequences are then in reversed order.",
    "stateful": "true starts each batch with the final states of the previous one. The batch size must be fixed.",
    "unroll": "true repeats the step in the graph instead of running a loop. The number of timesteps must be known. It is faster"
    " for short sequences and takes more memory.",
    "time_major": "true if the timesteps are the first axis: (timesteps, batch, features). Only Keras 2 has it.",
    "zero_output_for_mask": "true outputs zeros at masked timesteps of return_sequences; false repeats the output of the timestep before.",
    "unit_forget_bias": "true starts the bias of the forget gate with ones, so that the state is kept at first.",
    "reset_after": "true applies the reset gate after the multiplication by the recurrent kernel, as cuDNN does. The layer then"
    " has a second bias of 3 * units.",
    "use_cudnn": '"auto" uses cuDNN where possible, true requires it, and false never uses it.',
    "enable_caching_device": "true caches reads of the weights on their device. Only Keras 2 has it.",
    "return_runtime": "true also returns which implementation ran. Only Keras 2 has it.",
    "num_constants": "Number of constant tensors that the cell gets at each timestep.",
    # Random numbers
    "seed": "Integer that makes the random numbers repeatable. null gives other ones in each run.",
    "rng_type": 'Random generator of TensorFlow: "stateful", "stateless" or "legacy_stateful". Only Keras 2 has it.',
    "force_generator": "true always uses the random generator objects of TensorFlow. Only Keras 2 has it.",
    "rate": "Share of the input (0 to 1) that is set to zero in training. The rest is scaled up by 1 / (1 - rate).",
    "noise_shape": "Shape of the dropout mask. An axis of size 1 drops its elements together; null has the shape of the input.",
    # Normalization
    "axis": "Axis of the channels: -1 for channels_last, 1 for channels_first.",
    "momentum": "Weight of the old moving mean and variance at each update. The closer to 1, the slower they change.",
    "epsilon": "Small number that is added to the variance, so that the layer never divides by zero.",
    "center": "true adds a trainable offset beta.",
    "scale": "true multiplies by a trainable scale gamma.",
    "moving_mean_initializer": "How the moving mean gets its first values.",
    "moving_variance_initializer": "How the moving variance gets its first values.",
    "renorm": "true corrects each batch with the moving statistics (batch renormalization), for small batches.",
    "renorm_clipping": "Limits of the corrections of renorm: a dict with rmax, rmin and dmax.",
    "renorm_momentum": "Weight of the old statistics of renorm at each update.",
    "synchronized": "true computes the statistics over the batches of all devices. It needs TensorFlow.",
    "fused": "true requires the fused kernel of TensorFlow, null uses it where possible, and false never. Only Keras 2 has it.",
    "virtual_batch_size": "Size of the parts of a batch that are normalized separately. Only Keras 2 has it.",
    "adjustment": "Function that returns a scale and an offset for training. Only Keras 2 has it.",
    # Embeddings
    "output_dim": "Size of the vector for each index.",
    "mask_zero": "true takes index 0 as padding, and masks it for the layers that follow. No word may have index 0 then.",
    # Wrappers
    "layer": "The layer that is wrapped, as a serialized layer.",
    # Text and categories
    "max_tokens": "Largest size of the vocabulary, with the tokens for unknown and masked values. null sets no limit.",
    "num_oov_indices": "Number of indices for values that are not in the vocabulary. With 0, such values are an error.",
    "mask_token": "Value that counts as masked. null has none.",
    "oov_token": "What stands for values that are not in the vocabulary.",
    "oov_method": 'How unknown integers are distributed over several indices: "floormod" takes the remainder, "farmhash" a hash.',
    "salt": "Number, or two numbers, that change the hash. null uses FarmHash64, a salt SipHash64.",
    "vocabulary": "The terms, or the path of a text file with one per line. null takes those of adapt().",
    "vocabulary_dtype": "Data type of the terms. Only int64 is possible.",
    "vocabulary_size": "Size of the vocabulary that the layer had when it was saved.",
    "has_input_vocabulary": "Whether the layer got its vocabulary as an argument. Keras writes it.",
    "has_static_table": "Whether the vocabulary is fixed. Old versions of Keras 2 wrote it.",
    "idf_weights": 'Weight of each term of the vocabulary, for output_mode "tf_idf".',
    "invert": "true maps indices back to terms.",
    "output_mode": 'What the output holds: "int" gives indices; "one_hot" a vector for each element; "multi_hot" and "count" a'
    " vector for each sample.",
    "pad_to_max_tokens": "true pads the vectors to max_tokens, even if the vocabulary is smaller.",
    "sparse": "true returns a sparse tensor. It needs TensorFlow.",
    "encoding": "Encoding of the strings.",
    "num_tokens": "Number of categories. Inputs must be smaller.",
    "num_bins": "Number of bins, which is the number of different outputs.",
    "initial_vocabulary": "Terms at the start of training.",
    "eviction_policy": 'Which terms make room for new ones: "LFU" removes the rarest.',
    # Images
    "bounding_box_format": 'How bounding boxes are written if the inputs contain them: "xyxy", "xywh", "center_xywh", "rel_xyxy".',
    "value_range": "Lowest and highest value of a pixel: [0, 255] or [0, 1].",
    "factor": "This layer does not use a factor. Leave it out.",
    "height": "Height of the output in pixels.",
    "width": "Width of the output in pixels.",
    "height_factor": "Largest change along the height, as a share of it: a number, or the lower and the upper limit.",
    "width_factor": "Largest change along the width, as a share of it: a number, or the lower and the upper limit.",
    "interpolation": 'How new pixels are computed: "nearest" copies the nearest one, "bilinear" averages four.',
    "fill_mode": 'What fills pixels outside the image: "constant", "nearest", "reflect" or "wrap".',
    "fill_value": 'Value of new pixels if fill_mode is "constant".',
    "size": "How often each row is repeated, along each axis.",
    # Activations
    "alpha": "Slope of the function for negative inputs.",
    "negative_slope": "Slope of the function for negative inputs.",
    # Attention
    "use_scale": "true multiplies the scores by a trainable scale.",
    "score_mode": '"dot" scores query and key by their product; "concat" by tanh of their sum.',
    "causal": "true hides later timesteps from earlier ones. Only Keras 2 has it.",
    "num_heads": "Number of attention heads.",
    "key_dim": "Size of the query and key of each head. It is not divided by the number of heads.",
    "value_dim": "Size of the value of each head. null stands for key_dim.",
    "attention_axes": "Axes that attend to each other. null stands for all but the batch, the heads and the features.",
    "flash_attention": "true requires flash attention, false avoids it, and null uses it where possible.",
    "sliding_window": "Each position only attends to those less than this far away. null sets no limit.",
    "use_gate": "true multiplies the attention's output by a gate that depends on the query, which has weights of its own.",
}

_UNUSED: Final = "Keras 2 writes it, but this layer does not use it."
_PROBABILITY: Final = "Probability (0 to 1) that an image is changed: a number, or the limits that it is drawn from."
_STRENGTH: Final = "Strength of the change (0 to 1): a number for the largest one, or the lower and the upper limit."
_STEPS: Final = "Size of the output at each timestep, and of the state. It is neither the number of timesteps nor of cells in a row."

# Classes, separated by spaces -> what arguments mean there.
OF_CLASSES: Final[dict[str, dict[str, str]]] = {
    # Core
    "Activation": {"activation": 'Name of the function: "relu", "softmax".'},
    "ActivityRegularization": {
        "l1": "Factor of the sum of the absolute values of the output.",
        "l2": "Factor of the sum of the squares of the output.",
    },
    "EinsumDense": {
        "equation": 'Which axes of the input and the kernel are multiplied and summed: "abc,cd->abd".',
        "output_shape": "Shape of the output without the batch. null takes the size from the input.",
        "bias_axes": 'Letters of the output axes that have a bias: "d". null has none.',
        "gptq_unpacked_column_size": "Number of columns of the kernel before GPTQ quantization packed them.",
    },
    "Embedding": {
        "input_dim": "Number of different indices, which is the largest one plus 1.",
        "input_length": "Number of timesteps, if it is fixed. Keras 3 ignores it.",
        "sparse": "true looks up sparse inputs without making them dense. Only Keras 2 has it.",
        "use_one_hot_matmul": "true multiplies one-hot vectors instead of looking rows up. Only Keras 2 has it.",
    },
    "ReversibleEmbedding": {
        "input_dim": "Number of different indices, which is the largest one plus 1.",
        "input_length": "Keras 3 ignores it.",
        "tie_weights": "true uses the transposed vectors for the reverse direction; false has a second matrix.",
        "reverse_dtype": "Data type of the reverse direction. null takes that of the layer.",
        "logit_soft_cap": "Limit that tanh keeps the logits of the reverse direction within. null sets none.",
    },
    "InputLayer": {
        "shape": "Shape of the input without the batch: [13, 5].",
        "input_tensor": "Existing tensor that becomes the input. A config that was saved has null.",
        "sparse": "true for a sparse input. It needs TensorFlow or JAX.",
        "ragged": "true for a ragged input, whose rows differ in length. It needs TensorFlow.",
        "optional": "true if the input may be None.",
        "type_spec": "Type specification of TensorFlow, instead of a shape. Only Keras 2 has it.",
    },
    "Lambda": {
        "function": "The function to call: its name, or its bytecode if it is a lambda.",
        "output_shape": "Shape of the output without the batch, or a function that returns it. null lets Keras find it out.",
        "mask": "Mask of the output, or a function that returns it.",
        "arguments": "Keyword arguments for the function.",
        "module": "Module in which the function was defined.",
        "function_type": '"function" if a name is stored, "lambda" if bytecode is.',
        "output_shape_type": '"function", "lambda" or "raw": how output_shape is stored.',
        "output_shape_module": "Module in which the function output_shape was defined.",
    },
    "Masking": {"mask_value": "A timestep is masked if all of its features have this value."},
    "Reshape": {"target_shape": "Shape of the output without the batch. One size may be -1, which takes what is left."},
    "Permute": {"dims": "New order of the axes after the batch, counted from 1: [2, 1] swaps two."},
    "RepeatVector": {"n": "How often the input is repeated: the number of timesteps of the output."},
    "Cropping": {
        "cropping": "How many rows to remove at the start and the end of each axis. One integer holds for all of them."
    },
    "ZeroPadding": {
        "padding": "How many zeros to add at the start and the end of each axis. One integer holds for all of them."
    },
    "UpSampling": {"interpolation": 'How new pixels are computed: "nearest" repeats them, "bilinear" averages four.'},
    # Dropout and noise
    "GaussianDropout": {
        "rate": "Share of the input that a Dropout of the same strength would drop. The noise has the standard"
        " deviation sqrt(rate / (1 - rate))."
    },
    "AlphaDropout": {"rate": "Share of the input that is set to the negative limit of selu in training."},
    "SpatialDropout": {"rate": "Share of the channels (0 to 1) that are set to zero in training, each as a whole."},
    "GaussianNoise": {"stddev": "Standard deviation of the noise that is added in training."},
    # Convolutions
    "Conv": {
        "padding": '"valid" uses only windows inside the input; "same" pads it, so that strides of 1 keep its size. "causal"'
        " of Conv1D pads only the start, so that no output sees later timesteps."
    },
    "ConvTranspose": {
        "strides": "How far the input's points are moved apart along each axis. 2 doubles the size of the output.",
        "padding": '"valid" keeps the whole output; "same" cuts it to the size of the input times the strides.',
        "groups": _UNUSED,
    },
    "DepthwiseConv": {
        "groups": _UNUSED,
        "kernel_initializer": _UNUSED,
        "kernel_regularizer": _UNUSED,
        "kernel_constraint": _UNUSED,
    },
    "SeparableConv": {
        "groups": _UNUSED,
        "kernel_initializer": _UNUSED,
        "kernel_regularizer": _UNUSED,
        "kernel_constraint": _UNUSED,
    },
    "ConvLSTM": {
        "filters": "Number of channels of the output and of the states.",
        "activation": "Function applied to the candidate and to the output of the cell.",
    },
    "LocallyConnected": {
        "implementation": "How the kernel is stored, which decides its shape: 1 as a block for each position of the output, 2 as a"
        " dense matrix with a mask, 3 as a sparse one.",
        "dilation_rate": "Keras 2 accepts it and ignores it.",
    },
    # Pooling
    "AveragePooling MaxPooling": {
        "strides": "Distance between neighboring windows along each spatial axis. null stands for pool_size.",
    },
    # Recurrent layers
    "LSTM LSTMCell GRU GRUCell SimpleRNN SimpleRNNCell CuDNNLSTM CuDNNGRU": {"units": _STEPS},
    "LSTM LSTMCell": {"activation": "Function applied to the candidate and to the output of the cell."},
    "GRU GRUCell": {"activation": "Function applied to the candidate for the new state."},
    "SimpleRNN SimpleRNNCell": {"activation": "Function that gives the new state."},
    "CuDNNLSTM CuDNNGRU": {"unit_forget_bias": "true starts the bias of the forget gate with ones. A GRU has none."},
    "RNN": {
        "cell": "The cell that computes one timestep, as a serialized layer, or a list of cells that are stacked.",
        "return_state": "true returns the final states of the cell after the output.",
    },
    "StackedRNNCells": {
        "cells": "The cells, as serialized layers. Each gets the output of the one before.",
        "reverse_state_order": "true orders the states from the last cell to the first. Only Keras 2 has it.",
    },
    "Bidirectional": {
        "layer": "The recurrent layer, as a serialized layer. A copy of it reads the sequence backwards.",
        "merge_mode": 'How both outputs are joined: "concat" doubles the features; "sum", "mul" and "ave" keep their number; null'
        " returns a list.",
        "backward_layer": "Layer for the backward direction, with go_backwards: true. null copies the other one.",
    },
    "TimeDistributed": {"layer": "The layer, as a serialized layer. Every timestep uses it with the same weights."},
    "SpectralNormalization": {
        "power_iterations": "Number of steps that estimate the largest singular value of the kernel."
    },
    # Normalization
    "LayerNormalization": {
        "axis": "Axis or axes over which the mean and the variance are computed; gamma and beta have their sizes.",
        "rms_scaling": "true divides by the root mean square instead, without a mean. RMSNormalization replaces it.",
    },
    "RMSNormalization": {
        "axis": "Axis or axes over which the root mean square is computed.",
        "epsilon": "Small number that is added to the mean square, so that the layer never divides by zero.",
    },
    "GroupNormalization": {
        "groups": "Number of groups of channels that are normalized together. It must divide the channels; -1"
        " makes each channel a group."
    },
    "UnitNormalization": {"axis": "Axis or axes along which each vector gets the length 1."},
    "Normalization": {
        "axis": "Axes that have a mean and a variance for each of their elements. null has one of each.",
        "mean": "Mean to subtract. null takes that of adapt().",
        "variance": "Variance, whose root is the divisor. null takes that of adapt().",
        "invert": "true multiplies by the standard deviation and adds the mean instead.",
    },
    # Merging
    "Concatenate": {"axis": "Axis along which the inputs are joined. All other axes must have equal sizes."},
    "Dot": {
        "axes": "Axis of both inputs, or one of each, over which the products are summed.",
        "normalize": "true gives both inputs the length 1 first, so that the output is their cosine.",
    },
    # Attention
    "Attention AdditiveAttention MultiHeadAttention GroupQueryAttention": {
        "dropout": "Share of the attention weights (0 to 1) that is set to zero in training.",
    },
    "AdditiveAttention": {"score_mode": "AdditiveAttention ignores it."},
    "MultiHeadAttention": {
        "output_shape": "Size of the last axis of the output, or sizes. null takes that of the query.",
        "query_shape": "Shape of the query that the layer was built with. Keras 2 writes it.",
        "key_shape": "Shape of the key that the layer was built with. Keras 2 writes it.",
        "value_shape": "Shape of the value that the layer was built with. Keras 2 writes it.",
        "softmax_robust_masking": "true replaces masked scores by a large negative number instead of adding one. Only Keras 2 has it.",
    },
    "GroupQueryAttention": {
        "head_dim": "Size of the query, key and value of each head.",
        "num_query_heads": "Number of heads of the query. A multiple of num_key_value_heads.",
        "num_key_value_heads": "Number of heads of key and value. Several heads of the query share one.",
    },
    # Activations
    "ELU": {"alpha": "Limit of the function for large negative inputs, as a positive number."},
    "PReLU": {
        "alpha_initializer": "How the slope for negative inputs gets its first values.",
        "alpha_regularizer": "Penalty on the slope, added to the loss.",
        "alpha_constraint": "Constraint that the slope is projected onto after each training step.",
        "shared_axes": "Axes that share one slope, counted from 1: [1, 2] gives each channel of an image one.",
    },
    "ReLU": {
        "max_value": "Largest output. null sets no limit.",
        "threshold": "Inputs below it are multiplied by negative_slope, after subtracting it.",
    },
    "Softmax": {
        "axis": "Axis or axes whose values sum to 1.",
        "robust_masking": "true replaces masked inputs by a large negative number instead of adding one. Only Keras 2 has it.",
    },
    "ThresholdedReLU": {"theta": "Inputs up to this value become 0. The others pass."},
    # Text and categories
    "CategoryEncoding": {
        "output_mode": '"one_hot" gives a vector for each element; "multi_hot" and "count" one for each sample.',
        "max_tokens": "Old name of num_tokens.",
    },
    "IntegerLookup": {
        "max_values": "Old name of max_tokens.",
        "mask_value": "Old name of mask_token.",
        "oov_value": "Old name of oov_token.",
    },
    "Discretization": {
        "bin_boundaries": "Limits between the bins, in ascending order. n limits make n + 1 bins. null takes those of adapt().",
        "num_bins": "Number of bins that adapt() makes, if there are no bin_boundaries.",
        "epsilon": "How far the limits that adapt() finds may be off. Smaller values take more memory.",
        "bins": "Old name of bin_boundaries.",
    },
    "Hashing": {
        "mask_value": "Value that gets index 0. null has none, and index 0 is a bin like the others.",
        "output_mode": '"int" gives the index of the bin; "one_hot", "multi_hot" and "count" vectors.',
    },
    "HashedCrossing": {"output_mode": '"int" gives the index of the bin; "one_hot" a vector.'},
    "TextVectorization": {
        "standardize": 'What is done to the text first: "lower_and_strip_punctuation", "lower", "strip_punctuation" or null.',
        "split": 'Where the text is split: "whitespace", "character" or null.',
        "ngrams": "Longest n-grams to make, or the list of their lengths. null makes none.",
        "output_sequence_length": 'Number of tokens that "int" output is padded or cut to. null takes the longest.',
        "ragged": 'true returns ragged "int" output instead of padding it. It needs TensorFlow.',
        "output_mode": 'What the output holds: "int" gives indices; "multi_hot", "count" and "tf_idf" a vector for each text.',
    },
    "StringLookup IntegerLookup": {
        "output_mode": 'What the output holds: "int" gives indices; "one_hot" a vector for each element; "multi_hot", "count" and'
        ' "tf_idf" a vector for each sample.',
    },
    "DynamicEmbedding": {
        "input_dim": "Size of the vocabulary, without the index for unknown values.",
        "embedding_initializer": "How the vectors get their first values.",
    },
    "DynamicLookup": {"vocabulary_size": "Size of the vocabulary."},
    "DenseFeatures": {
        "feature_columns": "The feature columns of TensorFlow.",
        "partitioner": "How the variables are divided among servers.",
    },
    # Numbers
    "Rescaling": {
        "scale": "Factor: 0.003921 turns bytes into 0 to 1.",
        "offset": "What is added after the multiplication.",
    },
    "RandomFourierFeatures": {
        "output_dim": "Number of features of the output.",
        "kernel_initializer": 'Kernel to approximate: "gaussian", "laplacian" or an initializer.',
        "scale": "Width of the kernel. null picks one.",
    },
    # Images
    "RandomElasticTransform RandomErasing RandomGaussianBlur RandomGrayscale RandomInvert RandomPerspective": {
        "factor": _PROBABILITY
    },
    "RandomColorDegeneration RandomHue RandomSaturation RandomSharpness AugMix RandAugment": {"factor": _STRENGTH},
    "RandomBrightness": {
        "factor": "Largest change (-1 to 1) as a share of the value range: a number for both directions, or two limits."
    },
    "RandomContrast": {
        "factor": "Largest change of the contrast (0 to 1): a number for both directions, or one for each."
    },
    "RandomRotation": {
        "factor": "Largest angle as a share of a full turn: 0.25 is 90 degrees. A number for both directions, or two"
        " limits."
    },
    "RandomPosterization": {"factor": "Number of bits (1 to 8) that each channel keeps: a number, or two limits."},
    "RandomZoom": {
        "height_factor": "Largest zoom of the height: 0.2 is up to 20 % in or out. With two limits, positive ones zoom out.",
        "width_factor": "Largest zoom of the width. null keeps the aspect ratio.",
    },
    "RandomHeight": {"factor": "Largest change of the height, as a share of it: a number, or two limits."},
    "RandomWidth": {"factor": "Largest change of the width, as a share of it: a number, or two limits."},
    "RandomFlip": {
        "mode": '"horizontal" mirrors left and right, "vertical" top and bottom, "horizontal_and_vertical" both.'
    },
    "RandomGaussianBlur": {
        "kernel_size": "Size of the blur's window in pixels: one number, or height and width.",
        "sigma": "Standard deviation of the blur: a number, or two limits.",
    },
    "RandomElasticTransform": {"scale": "Strength of the distortion: a number, or two limits."},
    "RandomErasing": {
        "scale": "Share of the image's area that is erased: a number, or two limits.",
        "fill_value": "Value of erased pixels. null fills them with noise.",
    },
    "RandomPerspective": {
        "scale": "How far the corners move, as a share of the image.",
        "fill_value": "Value of new pixels.",
    },
    "RandomShear": {
        "x_factor": "Largest horizontal shear (0 to 1): a number, or two limits.",
        "y_factor": "Largest vertical shear (0 to 1): a number, or two limits.",
    },
    "RandomColorJitter": {
        "brightness_factor": "The factor of RandomBrightness. null leaves the brightness.",
        "contrast_factor": "The factor of RandomContrast. null leaves the contrast.",
        "saturation_factor": "The factor of RandomSaturation. null leaves the saturation.",
        "hue_factor": "The factor of RandomHue. null leaves the hue.",
    },
    "Solarization": {
        "addition_factor": "Largest number to add first, as a share of 255: a number, or two limits.",
        "threshold_factor": "Pixels above this share of 255 are inverted: a number, or two limits.",
    },
    "AugMix": {
        "num_chains": "Number of chains of changes that are mixed.",
        "chain_depth": "Largest number of changes in a chain.",
        "alpha": "Parameter of the distributions that the weights of the mix are drawn from.",
        "all_ops": "true also uses changes of brightness, color, contrast and sharpness.",
    },
    "RandAugment": {"num_ops": "Number of changes for each image."},
    "MixUp": {"alpha": "Parameter of the beta distribution that the weights of two images are drawn from."},
    "CutMix": {"factor": "Parameter of the distribution that the size of the patch is drawn from."},
    "Equalization": {"bins": "Number of bins of the histogram."},
    "ContrastLimitedAdaptiveHistogramEqualization": {
        "clip_limit": "Limit of the contrast in each tile.",
        "tile_grid_size": "Number of tiles: rows and columns.",
    },
    "MaxNumBoundingBoxes": {
        "max_number": "Number of boxes that each image has afterwards.",
        "fill_value": "Value of boxes that are added.",
    },
    "Resizing": {
        "interpolation": 'How pixels are computed: "nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5" and others.',
        "crop_to_aspect_ratio": "true cuts the image instead of distorting it.",
        "pad_to_aspect_ratio": "true pads the image instead of distorting it.",
        "fill_mode": 'How the image is padded. Only "constant" is possible.',
        "fill_value": "Value of the padding.",
        "antialias": "true smooths images that are made smaller.",
    },
    "Pipeline": {"layers": "The layers, in the order in which they are called."},
    # Sound
    "STFTSpectrogram": {
        "mode": 'What the output holds: "log", "magnitude", "psd", "real", "imag", "angle" or "stft".',
        "frame_length": "Number of samples in a frame.",
        "frame_step": "Number of samples between the starts of two frames. null stands for half of frame_length.",
        "fft_length": "Size of the Fourier transform, at least frame_length. null stands for the next power of 2.",
        "window": 'Window function of a frame: "hann", "hamming" or its values.',
        "periodic": "true makes the window periodic.",
        "scaling": 'How the window is scaled: "density", "spectrum" or null.',
        "expand_dims": "true returns an image with an axis for the channels.",
    },
    "MelSpectrogram": {
        "fft_length": "Size of the Fourier transform, at least sequence_length.",
        "sequence_stride": "Number of samples between the starts of two frames.",
        "sequence_length": "Number of samples in a frame. null stands for fft_length.",
        "window": 'Window function of a frame: "hann", "hamming", null or its values.',
        "sampling_rate": "Samples per second.",
        "num_mel_bins": "Number of frequency bands, which is the second to last size of the output.",
        "min_freq": "Lowest frequency in hertz.",
        "max_freq": "Highest frequency in hertz. null stands for half of sampling_rate.",
        "power_to_db": "true returns decibels.",
        "top_db": "Range of the output in decibels. What is further below the loudest value is raised to it.",
        "mag_exp": "Exponent of the magnitude: 1 for the magnitude, 2 for the power.",
        "min_power": "Least power that the logarithm is taken of.",
        "ref_power": "Power that counts as 0 decibels.",
    },
    # Other code
    "JaxLayer": {
        "call_fn": "JAX function that computes the output.",
        "init_fn": "JAX function that creates the parameters and the state.",
        "params": "Parameters that are trained. null lets init_fn create them.",
        "state": "State that is not trained. null lets init_fn create it.",
        "native_serialization_platforms": 'Platforms that the function is exported for: ["cpu", "cuda"]. null stands for the current one.',
    },
    "FlaxLayer": {
        "module": "The Flax module.",
        "method": "Method of the module to call. null stands for its __call__.",
        "variables": "Variables of the module. null creates them.",
        "native_serialization_platforms": 'Platforms that the function is exported for: ["cpu", "cuda"]. null stands for the current one.',
    },
    "TorchModuleWrapper": {
        "module": "The PyTorch module.",
        "output_shape": "Shape of the output. null finds it out.",
    },
    "TFSMLayer": {
        "filepath": "Path of the SavedModel.",
        "call_endpoint": "Name of the endpoint to call.",
        "call_training_endpoint": "Name of the endpoint to call in training. null calls the other one.",
    },
}

LAYERS: Final[dict[str, str]] = {
    # Core
    "Activation": "Applies a function to each element.",
    "ActivityRegularization": "Adds a penalty on its input to the loss, and returns the input.",
    "Dense": "Fully connected layer: multiplies the last axis by a kernel and adds a bias.",
    "EinsumDense": "Dense layer over any axes, which an equation names.",
    "Embedding": "Looks up a trainable vector for each index, such as a word's.",
    "ReversibleEmbedding": "Embedding that can also map vectors back to scores of the indices.",
    "Identity": "Returns its input.",
    "InputLayer": "Input of a model: its shape and data type.",
    "Lambda": "Calls a Python function. Keras loads a lambda only with safe_mode=False.",
    "Layer": "Base class of all layers.",
    "Wrapper": "Base class of layers that wrap another layer.",
    "Masking": "Masks timesteps whose features all have the same value.",
    "Flatten": "Flattens all axes but the batch into one.",
    "Reshape": "Changes the shape of each sample and keeps the order of its elements.",
    "Permute": "Changes the order of the axes.",
    "RepeatVector": "Repeats a vector, so that it becomes a sequence.",
    "Cropping": "Removes rows at the start and the end of each spatial axis.",
    "ZeroPadding": "Adds zeros at the start and the end of each spatial axis.",
    "UpSampling": "Repeats or interpolates the rows of each spatial axis.",
    # Regularization
    "Dropout": "Sets a random part of its input to zero in training.",
    "AlphaDropout": "Dropout for networks with selu: it keeps the mean and the variance.",
    "GaussianDropout": "Multiplies by random noise around 1 in training.",
    "GaussianNoise": "Adds random noise in training.",
    "SpatialDropout": "Sets random channels to zero in training, each as a whole.",
    # Convolutions
    "Conv": "Convolution: slides kernels over the spatial axes, one for each filter.",
    "ConvTranspose": "Transposed convolution, which enlarges the spatial axes.",
    "DepthwiseConv": "Convolves each channel with kernels of its own, without mixing channels.",
    "SeparableConv": "Depthwise convolution, followed by a pointwise one that mixes the channels.",
    "ConvLSTM": "LSTM with convolutions in place of matrix products, for sequences of images or signals.",
    "LocallyConnected": "Convolution whose kernel has other weights at each position.",
    # Pooling
    "AveragePooling": "Averages windows along the spatial axes.",
    "MaxPooling": "Takes the largest value of windows along the spatial axes.",
    "GlobalAveragePooling": "Averages over all spatial axes. For sequences, it skips masked timesteps.",
    "GlobalMaxPooling": "Takes the largest value over all spatial axes.",
    "AdaptiveAveragePooling": "Average pooling whose windows fit an output of a fixed size.",
    "AdaptiveMaxPooling": "Max pooling whose windows fit an output of a fixed size.",
    # Recurrent layers
    "LSTM": "Recurrent layer with three gates and two states, for sequences (batch, timesteps, features).",
    "LSTMCell": "One timestep of an LSTM.",
    "GRU": "Recurrent layer with two gates and one state, for sequences (batch, timesteps, features).",
    "GRUCell": "One timestep of a GRU.",
    "SimpleRNN": "Recurrent layer without gates, for sequences (batch, timesteps, features).",
    "SimpleRNNCell": "One timestep of a SimpleRNN.",
    "RNN": "Runs a cell over the timesteps of a sequence.",
    "AbstractRNNCell": "Base class of cells in Keras 2.",
    "StackedRNNCells": "Cells on top of each other, which act as one.",
    "CuDNNLSTM": "LSTM that runs only on a GPU with cuDNN (Keras 2.0 to 2.3). It has a second bias.",
    "CuDNNGRU": "GRU that runs only on a GPU with cuDNN (Keras 2.0 to 2.3). It has a second bias.",
    "Bidirectional": "Runs a recurrent layer over the sequence in both directions.",
    "TimeDistributed": "Applies a layer to every timestep.",
    "SpectralNormalization": "Divides the kernel of a layer by its largest singular value.",
    # Normalization
    "BatchNormalization": "Normalizes each channel by the mean and the variance of the batch, or by moving ones in inference.",
    "SyncBatchNormalization": "BatchNormalization over the batches of all devices (Keras 2).",
    "LayerNormalization": "Normalizes each sample by the mean and the variance of its features.",
    "RMSNormalization": "Divides each sample by the root mean square of its features.",
    "GroupNormalization": "Normalizes groups of channels of each sample.",
    "UnitNormalization": "Scales each vector to the length 1.",
    "Normalization": "Subtracts a mean and divides by a standard deviation that adapt() found or the config states.",
    # Merging
    "Add": "Adds its inputs.",
    "Subtract": "Subtracts the second input from the first.",
    "Multiply": "Multiplies its inputs element by element.",
    "Average": "Averages its inputs.",
    "Maximum": "Takes the largest of its inputs, element by element.",
    "Minimum": "Takes the smallest of its inputs, element by element.",
    "Concatenate": "Joins its inputs along an axis.",
    "Dot": "Sums products of two inputs over an axis.",
    # Attention
    "Attention": "Weights the values by how well query and key agree, without weights of its own by default.",
    "AdditiveAttention": "Attention whose scores are sums of tanh(query + key).",
    "MultiHeadAttention": "Attention of several heads, each with projections of query, key and value.",
    "GroupQueryAttention": "Multi-head attention in which several heads of the query share a key and a value.",
    # Activations
    "ELU": "Passes positive inputs, and bends negative ones to a limit.",
    "LeakyReLU": "Passes positive inputs, and multiplies negative ones by a small slope.",
    "PReLU": "LeakyReLU with a trainable slope.",
    "ReLU": "Passes positive inputs, and sets negative ones to zero.",
    "Softmax": "Turns scores into probabilities that sum to 1.",
    "ThresholdedReLU": "Passes inputs above a threshold, and sets the others to zero (Keras 2).",
    # Text and categories
    "CategoryEncoding": "Encodes integers as one-hot, multi-hot or count vectors.",
    "Discretization": "Sorts numbers into bins.",
    "Hashing": "Sorts values into bins by a hash.",
    "HashedCrossing": "Combines features, and sorts the combinations into bins by a hash.",
    "IntegerLookup": "Maps integers to indices of a vocabulary.",
    "StringLookup": "Maps strings to indices of a vocabulary.",
    "TextVectorization": "Splits text into tokens, and maps them to indices of a vocabulary.",
    "DynamicEmbedding": "Embedding whose vocabulary changes in training (Keras 2).",
    "DynamicLookup": "Vocabulary that changes in training (Keras 2).",
    "DenseFeatures": "Turns feature columns of TensorFlow into a tensor (Keras 2).",
    "PreprocessingLayer": "Base class of preprocessing layers in Keras 2.",
    "RandomFourierFeatures": "Random features that approximate a kernel method (Keras 2).",
    # Numbers and images
    "Rescaling": "Multiplies by a number and adds another.",
    "Resizing": "Resizes images.",
    "CenterCrop": "Cuts the middle out of images.",
    "RandomCrop": "Cuts a random part out of images in training, and the middle otherwise.",
    "RandomBrightness": "Changes the brightness of images in training.",
    "RandomContrast": "Changes the contrast of images in training.",
    "RandomFlip": "Mirrors images in training.",
    "RandomRotation": "Rotates images in training.",
    "RandomTranslation": "Shifts images in training.",
    "RandomZoom": "Zooms images in training.",
    "RandomHeight": "Changes the height of images in training (Keras 2).",
    "RandomWidth": "Changes the width of images in training (Keras 2).",
    "RandomShear": "Shears images in training.",
    "RandomPerspective": "Distorts the perspective of images in training.",
    "RandomElasticTransform": "Distorts images like rubber in training.",
    "RandomErasing": "Erases a part of images in training.",
    "RandomGaussianBlur": "Blurs images in training.",
    "RandomGrayscale": "Turns images to gray in training.",
    "RandomHue": "Changes the hue of images in training.",
    "RandomSaturation": "Changes the saturation of images in training.",
    "RandomSharpness": "Changes the sharpness of images in training.",
    "RandomColorDegeneration": "Takes color out of images in training.",
    "RandomColorJitter": "Changes brightness, contrast, saturation and hue of images in training.",
    "RandomInvert": "Inverts the colors of images in training.",
    "RandomPosterization": "Reduces the number of colors of images in training.",
    "Solarization": "Inverts bright pixels of images in training.",
    "AutoContrast": "Stretches the values of each image to the whole range.",
    "Equalization": "Equalizes the histogram of each image.",
    "ContrastLimitedAdaptiveHistogramEqualization": "Equalizes the histogram in tiles of each image (CLAHE).",
    "AugMix": "Mixes several chains of random changes of images in training.",
    "RandAugment": "Applies random changes to images in training.",
    "MixUp": "Mixes pairs of images and their labels in training.",
    "CutMix": "Pastes a part of one image into another in training, and mixes their labels.",
    "MaxNumBoundingBoxes": "Pads or cuts the bounding boxes of each image to one number.",
    "Pipeline": "Calls preprocessing layers one after another.",
    # Sound
    "STFTSpectrogram": "Spectrogram of sound, with trainable windows.",
    "MelSpectrogram": "Spectrogram of sound on the mel scale.",
    # Other code
    "JaxLayer": "Runs a JAX function.",
    "FlaxLayer": "Runs a Flax module.",
    "TorchModuleWrapper": "Runs a PyTorch module.",
    "TFSMLayer": "Runs a TensorFlow SavedModel.",
    # Written by Keras itself
    "TFOpLambda": "Calls a function of TensorFlow (tf.keras).",
    "SlicingOpLambda": "Indexes a tensor (tf.keras).",
    "TensorFlowOpLayer": "Runs an operation of TensorFlow (tf.keras before 2.4).",
    "ClassMethod": "Calls a class method of TensorFlow (tf.keras).",
    "InstanceMethod": "Calls a method of a tensor of TensorFlow (tf.keras).",
    "InstanceProperty": "Reads a property of a tensor of TensorFlow (tf.keras).",
    "AddLoss": "Adds its input to the loss (tf.keras).",
    "AddMetric": "Reports its input as a metric (tf.keras).",
    "LayerScale": "Multiplies each channel by a trainable factor, in ConvNeXt.",
    "StochasticDepth": "Drops whole branches of random samples in training, in ConvNeXt.",
    # Keras 0 and 1
    "AutoEncoder": "An encoder and a decoder that are trained together (Keras 0).",
    "Highway": "Dense layer that mixes its output with its input by a gate (Keras 1).",
    "MaxoutDense": "Largest of several dense layers (Keras 1).",
    "Merge": "Combines the outputs of several layers (Keras 0 and 1).",
    "ParametricSoftplus": "Softplus with trainable factors (Keras 0 and 1).",
    "SReLU": "Piecewise linear function with two trainable bends (Keras 1).",
    "Siamese": "Applies one layer to several inputs (Keras 0).",
    "SimpleDeepRNN": "SimpleRNN whose step sees several earlier ones (Keras 0).",
    "TimeDistributedDense": "Dense layer on every timestep (Keras 0 and 1).",
    "TimeDistributedMerge": "Combines the timesteps of a sequence (Keras 0).",
}

MODELS: Final[dict[str, str]] = {
    "Sequential": "Model whose layers follow one another.",
    "Functional": "Model whose layers form a graph, from its inputs to its outputs.",
    "Model": "Model whose layers form a graph. Keras 2 wrote this name up to version 2.2, and for subclasses.",
}


def of_class(class_name: str) -> str | None:
    """Return what a layer or model does, in one sentence; None if the class is not one of Keras."""
    return MODELS.get(class_name) or LAYERS.get(family(class_name))


def of_argument(class_name: str, argument: str) -> str | None:
    """Return what an argument of a layer means, in one or two sentences; None if it is not known."""
    return _exceptions().get((family(class_name), argument)) or ARGUMENTS.get(argument)


def family(class_name: str) -> str:
    """Return a class name without its rank, and by its usual name: "Conv" for Convolution2D."""
    found = re.match(r"([A-Za-z]+?)[123]D(Transpose)?$", class_name)
    if found is None:
        return class_name.removesuffix("V1").removesuffix("V2")  # tf.keras has BatchNormalizationV2
    name, transpose = found.groups("")
    for alias, usual in ALIASES.items():
        if name.endswith(alias):
            name = name.removesuffix(alias) + usual
    return f"{name}{transpose}"


@lru_cache(maxsize=1)
def _exceptions() -> dict[tuple[str, str], str]:
    return by_argument(OF_CLASSES)


def by_argument(of_classes: dict[str, dict[str, str]]) -> dict[tuple[str, str], str]:
    """Return the texts by class and argument. of_classes: names of classes, separated by spaces -> argument -> text."""
    return {
        (name, argument): text
        for names, texts in of_classes.items()
        for name in names.split()
        for argument, text in texts.items()
    }

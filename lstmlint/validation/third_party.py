"""Well-known third-party layers: what each does and which package it comes from, for the message about an unknown
layer.

Shapes and weights are not included, since packages change them, and a name may be used by several. If a name is common
to several projects, the sentence says so.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Package name, or a description of where the layer is found -> class name -> what it does.
PACKAGES: dict[str, dict[str, str]] = {
    "keras-tcn": {
        "TCN": "a temporal convolutional network, a stack of dilated causal convolutions",
        "ResidualBlock": "one residual block of a temporal convolutional network",
    },
    "keras-self-attention": {
        "SeqSelfAttention": "additive or multiplicative self-attention over a sequence",
        "SeqWeightedAttention": "attention that sums a sequence up into one vector",
        "ScaledDotProductAttention": "attention by scaled dot products",
    },
    "from keras-bert and its kin (keras-pos-embd, keras-position-wise-feed-forward, keras-embed-sim)": {
        "TokenEmbedding": "an embedding that also returns its table",
        "TrigPosEmbedding": "a sinusoidal position embedding",
        "PositionEmbedding": "an embedding of positions (keras-hub and tf-models-official have one of that name, too)",
        "FeedForward": "the position-wise feed-forward part of a transformer",
        "EmbeddingSimilarity": "logits from the similarity to an embedding table",
        "EmbeddingSim": "logits from the similarity to an embedding table",
        "EmbeddingRet": "an embedding that also returns its table",
    },
    "in models that mix keras and tf.keras": {
        "ModuleWrapper": "a wrapper around a layer of the other package, whose config is not recorded",
    },
    "in many codes": {
        "AttentionWithContext": "attention that sums a sequence up by a learnt context vector (a widely copied gist)",
        "AttentionLayer": "an attention layer written by hand",
        "SelfAttention": "self-attention written by hand",
        "AttentionDecoder": "a recurrent decoder with attention (datalogue/keras-attention)",
        "BahdanauAttention": "additive attention, as in the TensorFlow translation tutorial",
        "LuongAttention": "multiplicative attention, as in the TensorFlow translation tutorial",
    },
    "keras-contrib": {
        "CRF": "a linear-chain conditional random field (tensorflow-addons and tf2crf have one of that name, too)",
        "InstanceNormalization": "normalization of each sample by itself (tensorflow-addons has one of that name, too)",
        "CosineConvolution2D": "a convolution by cosine similarity",
        "CosineDense": "a dense layer by cosine similarity",
        "SubPixelUpscaling": "upsampling that moves channels into space",
        "Capsule": "a capsule layer with dynamic routing",
        "Deconvolution3D": "a transposed 3D convolution",
        "PELU": "a parametric exponential activation",
        "SineReLU": "a rectifier with a sine for negative inputs",
        "Swish": "the swish activation",
    },
    "tensorflow-addons": {
        "CorrelationCost": "the correlation of two feature maps",
        "ESN": "an echo state network", "ESNCell": "the cell of an echo state network",
        "EmbeddingBag": "an embedding that sums up bags of indices",
        "FilterResponseNormalization": "filter response normalization", "TLU": "a thresholded linear unit",
        "GELU": "the GELU activation", "Maxout": "the maximum of groups of features",
        "LayerNormLSTMCell": "an LSTM cell with layer normalization",
        "LayerNormSimpleRNNCell": "a SimpleRNN cell with layer"
        " normalization",
        "NASCell": "the recurrent cell that architecture search found",
        "PeepholeLSTMCell": "an LSTM cell with peepholes",
        "NoisyDense": "a dense layer with noisy weights", "PoincareNormalize": "a projection into the Poincaré ball",
        "PolynomialCrossing": "a cross layer of a Deep & Cross network", "Snake": "the snake activation",
        "Sparsemax": "the sparsemax activation", "SpatialPyramidPooling2D": "pooling over a pyramid of bins",
        "NetVLAD": "a NetVLAD pooling layer",
        "WeightNormalization": "a wrapper that normalizes weights", "MaxUnpooling2D": "the inverse of a max pooling",
        "AttentionWrapper": "a recurrent cell with attention",
    },
    "tensorflow-hub": {"KerasLayer": "a model of TensorFlow Hub, loaded from the handle in its config"},
    "tensorflow-model-optimization": {
        "PruneLowMagnitude": "a wrapper that prunes small weights",
        "QuantizeWrapper": "a wrapper for quantization-aware training",
        "QuantizeWrapperV2": "a wrapper for quantization-aware training",
        "QuantizeLayer": "a quantizer of its input", "QuantizeAnnotate": "a mark on a layer to quantize",
        "ClusterWeights": "a wrapper that clusters weights",
    },
    "qkeras": {
        "QDense": "Dense with quantized weights", "QActivation": "a quantized activation",
        "QAdaptiveActivation": "an activation whose quantization adapts",
        "QBatchNormalization": "BatchNormalization with quantized weights",
        "QConv1D": "Conv1D with quantized weights", "QConv2D": "Conv2D with quantized weights",
        "QConv2DTranspose": "Conv2DTranspose with quantized weights",
        "QDepthwiseConv2D": "DepthwiseConv2D with quantized weights",
        "QSeparableConv1D": "SeparableConv1D with quantized weights",
        "QSeparableConv2D": "SeparableConv2D with quantized weights",
        "QMobileNetSeparableConv2D": "a quantized separable convolution as MobileNet has it",
        "QConv2DBatchnorm": "a quantized Conv2D with BatchNormalization folded in",
        "QDepthwiseConv2DBatchnorm": "a quantized DepthwiseConv2D with BatchNormalization folded in",
        "QDenseBatchnorm": "a quantized Dense with BatchNormalization folded in",
        "QSimpleRNN": "SimpleRNN with quantized weights", "QSimpleRNNCell": "SimpleRNNCell with quantized weights",
        "QLSTM": "LSTM with quantized weights", "QLSTMCell": "LSTMCell with quantized weights",
        "QGRU": "GRU with quantized weights", "QGRUCell": "GRUCell with quantized weights",
        "QBidirectional": "Bidirectional around a quantized recurrent layer",
        "QAveragePooling2D": "AveragePooling2D with a quantized average",
        "QGlobalAveragePooling2D": "GlobalAveragePooling2D with a quantized average",
        "Clip": "a layer that clips its input",
    },
    "hgq": {
        "FixedPointQuantizer": "a fixed-point quantizer with a width for every number",
        "UnaryLUT": "an activation as a table", "HQuantize": "a learnt quantizer of its input",
        "HDense": "Dense with learnt bit widths", "HConv1D": "Conv1D with learnt bit widths",
        "HConv2D": "Conv2D with learnt bit widths", "HActivation": "an activation with learnt bit widths",
        "HAdd": "Add with learnt bit widths",
        "HDenseBatchNorm": "Dense and BatchNormalization with learnt bit widths",
        "HConv2DBatchNorm": "Conv2D and BatchNormalization with learnt bit widths",
        "PReshape": "a Reshape that keeps its quantizer", "PFlatten": "a Flatten that keeps its quantizer",
        "PMaxPooling2D": "a MaxPooling2D that keeps its quantizer",
    },
    "larq": {
        "QuantDense": "Dense with binary or ternary weights", "QuantConv1D": "Conv1D with binary or ternary weights",
        "QuantConv2D": "Conv2D with binary or ternary weights",
        "QuantDepthwiseConv2D": "DepthwiseConv2D with binary or ternary weights",
        "QuantSeparableConv2D": "SeparableConv2D with binary or ternary weights",
    },
    "from DingKe/nn_playground, which hls4ml reads": {
        "BinaryDense": "Dense with weights of -1 and 1", "TernaryDense": "Dense with weights of -1, 0 and 1",
        "BinaryConv2D": "Conv2D with weights of -1 and 1", "TernaryConv2D": "Conv2D with weights of -1, 0 and 1",
    },
    "from caloGraphNN, which hls4ml reads": {
        "GarNet": "a graph network whose vertices talk by way of aggregators",
        "GarNetStack": "several GarNet layers in one", "GravNet": "a graph network over learnt coordinates",
    },
    "spektral": {
        "GCNConv": "a graph convolution", "GATConv": "graph attention", "ChebConv": "a Chebyshev graph convolution",
        "GINConv": "a graph isomorphism layer", "GraphSageConv": "a GraphSAGE layer", "ECCConv": "an edge-conditioned"
        " graph convolution", "GlobalAttentionPool": "attention pooling over a graph",
        "GlobalSumPool": "the sum over a graph's nodes", "GlobalAvgPool": "the mean over a graph's nodes",
    },
    "stellargraph": {
        "GraphConvolution": "a graph convolution", "GraphAttention": "graph attention",
        "MeanAggregator": "the mean over neighbors in a graph", "LinkEmbedding": "a combination of two nodes",
        "SortPooling": "sorted pooling over a graph",
    },
    "deepctr": {
        "DNN": "a stack of dense layers", "FM": "a factorization machine", "CrossNet": "a cross network",
        "CIN": "a compressed interaction network", "PredictionLayer": "the output with a global bias",
        "SequencePoolingLayer": "pooling over a sequence of embeddings", "NoMask": "a layer that drops the mask",
    },
    "keras-multi-head": {"MultiHead": "several copies of a layer side by side"},
    "ncps": {
        "LTC": "a liquid time-constant network", "LTCCell": "the cell of a liquid time-constant network",
        "CfC": "a closed-form continuous-time network", "CfCCell": "the cell of a closed-form continuous-time network",
    },
    "cvnn": {
        "ComplexDense": "Dense with complex weights", "ComplexConv2D": "Conv2D with complex weights",
        "ComplexInput": "a complex input", "ComplexFlatten": "Flatten of complex numbers",
    },
    "vit-keras": {"AddPositionEmbs": "a learnt position embedding that is added"},
    "tensorflow-probability": {
        "DistributionLambda": "a distribution as an output",
        "DenseVariational": "Dense with a posterior of its weights",
        "DenseFlipout": "Dense with a posterior, sampled by flipout",
        "DenseReparameterization": "Dense with a posterior, sampled by reparameterization",
        "Convolution1DFlipout": "Conv1D with a posterior", "Convolution2DFlipout": "Conv2D with a posterior",
        "IndependentNormal": "a normal distribution as an output",
        "MixtureNormal": "a mixture of normals as an output",
        "MultivariateNormalTriL": "a multivariate normal distribution as an output",
    },
    "keras-mdn-layer": {"MDN": "the output of a mixture density network"},
    "keras-lmu": {
        "LMU": "a Legendre memory unit", "LMUCell": "the cell of a Legendre memory unit",
        "LMUFeedforward": "a Legendre memory unit without recurrence",
    },
    "written after a paper": {
        "ONLSTM": "an ordered-neurons LSTM", "NestedLSTM": "an LSTM whose memory is an LSTM",
        "IndRNN": "an independently recurrent network", "IndRNNCell": "the cell of an IndRNN",
        "QRNN": "a quasi-recurrent network",
        "SRU": "a simple recurrent unit", "PhasedLSTM": "an LSTM with a time gate", "MinimalRNN": "a minimal RNN",
        "Time2Vector": "learnt time features", "Time2Vec": "learnt time features", "T2V": "learnt time features",
    },
    "keras-hub": {
        "TokenAndPositionEmbedding": "the sum of a token and a position embedding (a Keras example has one, too)",
        "TransformerEncoder": "a transformer's encoder block (many Keras examples have one, too)",
        "TransformerDecoder": "a transformer's decoder block (many Keras examples have one, too)",
        "SinePositionEncoding": "a sinusoidal position encoding", "RotaryEmbedding": "a rotary position embedding",
        "CachedMultiHeadAttention": "attention with a cache", "MaskedLMHead": "the head of a masked language model",
        "FNetEncoder": "an FNet encoder block",
    },
    "as in the Keras examples": {
        "TransformerBlock": "a transformer block: attention and a small dense network, each with a residual",
        "MultiHeadSelfAttention": "self-attention with several heads, as early examples have it",
        "PositionalEmbedding": "the sum of a token and a position embedding",
        "PositionalEncoding": "a position encoding", "Patches": "an image cut into patches",
        "PatchEncoder": "patches projected and given positions", "PatchEmbedding": "patches projected",
        "ClassToken": "a vision transformer's class token",
        "Sampling": "the sampling step of a variational autoencoder",
        "VectorQuantizer": "the code book of a VQ-VAE", "Antirectifier": "a rectifier that keeps both signs",
        "GatedResidualNetwork": "a gated residual network", "GatedLinearUnit": "a gated linear unit",
        "VariableSelection": "a variable selection network", "ReflectionPadding2D": "padding by reflection",
        "DistanceLayer": "distances for a triplet loss", "CTCLayer": "a CTC loss as a layer",
        "Linear": "a dense layer written by hand, as in the guide to custom layers",
        "MyLayer": "a placeholder's name from the guide to custom layers", "NoisyLinear": "a noisy dense layer",
    },
    "kapre": {
        "STFT": "a short-time Fourier transform", "InverseSTFT": "an inverse short-time Fourier transform",
        "Magnitude": "the magnitude of complex numbers",
        "Phase": "the phase of complex numbers", "MagnitudeToDecibel": "magnitudes in decibels",
        "ApplyFilterbank": "a bank of filters over frequencies", "Delta": "differences in time",
        "Melspectrogram": "a mel spectrogram", "Spectrogram": "a spectrogram",
        "Normalization2D": "normalization along an axis",
        "AmplitudeToDB": "amplitudes in decibels", "ConcatenateFrequencyMap": "a channel that tells the frequency",
        "LogmelToMFCC": "MFCCs of a log-mel spectrogram",
    },
    "autokeras": {
        "CastToFloat32": "a cast", "ExpandLastDim": "a new last axis",
        "MultiCategoryEncoding": "an encoding of columns",
        "BertTokenizer": "a WordPiece tokenizer", "BertEncoder": "a BERT encoder",
    },
    "in detection models (Mask R-CNN, RetinaNet, SSD, YOLO)": {
        "ProposalLayer": "the proposals of a region proposal network",
        "PyramidROIAlign": "regions of a feature pyramid",
        "DetectionLayer": "the final boxes", "DetectionTargetLayer": "targets for training",
        "AnchorsLayer": "anchors",
        "Anchors": "anchors for a feature map", "RegressBoxes": "boxes from anchors and offsets",
        "ClipBoxes": "boxes cut to the image", "FilterDetections": "non-maximum suppression",
        "UpsampleLike": "upsampling to another tensor's size", "AnchorBoxes": "SSD's default boxes",
        "L2Normalization": "normalization along the channels with learnt scales",
        "DecodeDetections": "SSD's decoding of boxes", "YoloLayer": "YOLO's decoding of boxes",
        "BatchNorm": "BatchNormalization with its training switch fixed",
    },
    "in capsule networks (XifengGuo/CapsNet-Keras)": {
        "CapsuleLayer": "capsules with dynamic routing", "Length": "the lengths of vectors",
        "Mask": "the capsule of the right class",
    },
    "in image models": {
        "LRN": "local response normalization, as AlexNet and GoogLeNet have it",
        "PoolHelper": "the cut of a row and a column that GoogLeNet's conversion from Caffe needs",
        "Scale": "a learnt factor and offset for each channel, as conversions from Caffe have it",
        "PixelShuffler": "upsampling that moves channels into space",
        "PixelShuffle": "upsampling that moves channels into space",
        "SubpixelConv2D": "a convolution and a pixel shuffle",
        "SubpixelLayer": "upsampling that moves channels into space",
        "DepthToSpace": "upsampling that moves channels into space", "BilinearUpsampling": "bilinear upsampling",
        "FixedDropout": "Dropout with a noise shape that follows its input, as the efficientnet package has it",
        "ReflectPadding2D": "padding by reflection", "CoordinateChannel2D": "channels that tell the coordinates",
        "AddCoords": "channels that tell the coordinates", "CoordConv": "a convolution that knows its coordinates",
        "MinibatchDiscrimination": "features of a whole batch, for a GAN",
        "GradientReversal": "a gradient turned round",
        "SincConv1D": "a convolution by band-pass filters", "NALU": "a neural arithmetic logic unit",
        "NAC": "a neural accumulator",
    },
    "tensorflow-lattice": {
        "PWLCalibration": "a piecewise linear calibration", "CategoricalCalibration": "a calibration of categories",
        "Lattice": "an interpolated look-up table", "RTL": "an ensemble of lattices",
    },
    "tensorflow-recommenders": {"Cross": "a cross layer of a DCN", "DotInteraction": "products of all pairs of features"},
    "transformers": {
        "TFBertMainLayer": "the body of BERT", "TFDistilBertMainLayer": "the body of DistilBERT",
        "TFRobertaMainLayer": "the body of RoBERTa", "TFAlbertMainLayer": "the body of ALBERT",
        "TFBertModel": "BERT", "TFDistilBertModel": "DistilBERT", "TFRobertaModel": "RoBERTa",
    },
}  # fmt: skip


@lru_cache(maxsize=1)
def _by_class() -> dict[str, tuple[str, str]]:
    return {name: (package, what) for package, classes in PACKAGES.items() for name, what in classes.items()}


def describe(class_name: str) -> str | None:
    """Return a sentence on a well-known third-party class, such as `TCN` or `Addons>CRF`; None if it is unknown."""
    name = re.split(r"[.>]", class_name)[-1]
    found = _by_class().get(name)
    if found is None:
        return None
    package, what = found
    where = package if " " in package else f"from the package {package}"
    return f"{name} is usually {what}, {where}."


__all__ = ["PACKAGES", "describe"]

"""Which Keras a program is written for, judged by what it imports and which arguments it uses.

- `tensorflow.keras` is Keras 2 as TensorFlow 2 has it: a GRU has reset_after, and names count from 0 (dense, dense_1).
- `keras_core`, and `keras` with modules that only Keras 3 has (ops, saving, random), is Keras 3.
- `keras` with the arguments or classes of Keras 1 (nb_filter, border_mode, merge, Model(input=...)) is Keras 1.
- `keras` with what only Keras 2 has (fit_generator, np_utils, keras.layers.recurrent, lr) is Keras 2 on several backends: a
  GRU has no reset_after, and names count from 1 (dense_1, dense_2).
- Any other `keras` may be Keras 2 or 3. It is read as Keras 2 of TensorFlow, which agrees with Keras 3 in all counts. Only a
  GRU without reset_after is not certain then, unless the program uses what Keras has since 2.4 only. The releases that the
  user targets decide, if they agree.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lstmlint.model import releases
from lstmlint.python.keras_names import in_keras, layer_class, of_tensorflow

Dialect = Literal["keras1", "keras2", "keras3"]

# Arguments of layers.
KERAS1_ARGUMENTS = frozenset(
    "nb_filter nb_row nb_col border_mode W_regularizer b_regularizer U_regularizer inner_activation inner_init"
    " dropout_W dropout_U dim_ordering filter_length pool_length subsample subsample_length"
    " consume_less forget_bias_init W_constraint b_constraint nb_feature atrous_rate init".split()
)
LATER_ARGUMENTS = frozenset(
    "units filters kernel_size padding kernel_initializer bias_initializer recurrent_initializer kernel_regularizer"
    " recurrent_regularizer use_bias data_format dilation_rate return_state recurrent_dropout embeddings_initializer".split()
)
# Method or class -> arguments that Keras 2 accepts with a warning.
KERAS1_CALLS = {
    "Model": frozenset({"input", "output"}),
    "fit": frozenset({"nb_epoch", "show_accuracy"}),
    "compile": frozenset({"class_mode"}),
    "fit_generator": frozenset({"nb_epoch", "samples_per_epoch", "nb_val_samples"}),
    "evaluate": frozenset({"show_accuracy"}),
}
# What is imported from Keras, or an attribute of one of its modules.
KERAS1_NAMES = frozenset(
    "Merge merge TimeDistributedDense MaxoutDense Highway image_dim_ordering set_image_dim_ordering AtrousConvolution2D"
    " AtrousConvolution1D ParametricSoftplus SReLU activity_l2 WeightRegularizer".split()
)
MODULE_NAMES = frozenset({"layers", "keras", "K", "backend", "regularizers", "kl", "L", "legacy"})
OUTPUT_DIM = frozenset({"Dense", "LSTM", "GRU", "SimpleRNN"})
KERAS2_KEYWORDS = frozenset({"lr", "steps_per_epoch", "decay"})
KERAS2_NAMES = frozenset(
    "fit_generator predict_generator evaluate_generator np_utils CuDNNLSTM CuDNNGRU multi_gpu_model predict_classes"
    " predict_proba set_session tensorflow_backend KerasClassifier KerasRegressor vis_utils image_data_format"
    " set_image_data_format one_hot text_to_word_sequence ImageDataGenerator Tokenizer".split()
)
KERAS2_MODULES = frozenset(
    "layers.core layers.recurrent layers.convolutional layers.normalization layers.embeddings layers.wrappers layers.noise"
    " layers.advanced_activations layers.merge layers.pooling layers.local engine engine.topology engine.training legacy"
    " utils.np_utils utils.vis_utils utils.generic_utils backend.tensorflow_backend wrappers.scikit_learn"
    " layers.convolutional_recurrent layers.cudnn_recurrent".split()
)
# What `keras` has since 2.4, which is TensorFlow's.
LATER_NAMES = frozenset(
    "LayerNormalization MultiHeadAttention Attention AdditiveAttention Rescaling Resizing TextVectorization StringLookup"
    " IntegerLookup Normalization RandomFlip RandomRotation RandomZoom CategoryEncoding Discretization Hashing"
    " UnitNormalization GroupNormalization EinsumDense Conv1DTranspose ConvLSTM1D ConvLSTM3D set_random_seed"
    " image_dataset_from_directory text_dataset_from_directory timeseries_dataset_from_array".split()
)
KERAS3_MODULES = frozenset({"ops", "saving", "random", "distribution", "dtype_policies", "quantizers", "tree"})


@dataclass(frozen=True, slots=True)
class Style:
    """The Keras of a program.

    first: the number of the first layer of a class; 0 means that its name has none.
    reset_after: the default of a GRU; None if it is not certain.
    """

    dialect: Dialect
    first: int
    reset_after: bool | None


KERAS1 = Style("keras1", 1, False)
OLD_KERAS2 = Style("keras2", 1, False)
TENSORFLOW = Style("keras2", 0, True)
UNCERTAIN = Style("keras2", 0, None)
KERAS3 = Style("keras3", 0, True)


class Words:
    """The words of a program that tell one Keras from another.

    keras1, later: whether a layer has arguments of Keras 1, or of later releases.
    training1: whether a model or its methods have arguments of Keras 1, which Keras 2 accepts with a warning.
    """

    def __init__(self, tree: ast.AST) -> None:
        self.modules: set[str] = set()
        self.names: set[str] = set()
        self.keywords: set[str] = set()
        self.keras1 = self.later = self.training1 = False
        self.keras1_names: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self.call(node)
            elif isinstance(node, ast.Attribute):
                self.names.add(node.attr)
                value = node.value
                if (value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")) in MODULE_NAMES:
                    self.keras1_names |= {node.attr} & KERAS1_NAMES
            elif isinstance(node, ast.Import):
                self.modules.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                self.modules.add(node.module)
                self.modules.update(f"{node.module}.{alias.name}" for alias in node.names)
                self.names.update(alias.name for alias in node.names)
                if in_keras(node.module) is not None:
                    self.keras1_names |= {alias.name for alias in node.names} & KERAS1_NAMES

    def call(self, node: ast.Call) -> None:
        """Note the words of a call."""
        keywords = {keyword.arg for keyword in node.keywords if keyword.arg}
        self.keywords |= keywords
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        self.names.add(name)
        self.training1 = self.training1 or bool(KERAS1_CALLS.get(name, frozenset()) & keywords)
        if layer_class(f"layers.{name}") is None:
            return
        self.later = self.later or bool(LATER_ARGUMENTS & keywords)
        self.keras1 = (
            self.keras1 or bool(KERAS1_ARGUMENTS & keywords) or (name in OUTPUT_DIM and "output_dim" in keywords)
        )
        if name in ("Convolution2D", "Conv2D") and len(node.args) > 1:
            if isinstance(node.args[1], ast.Tuple | ast.List):
                self.later = True
            elif len(node.args) >= 3 and all(map(is_size, node.args[1:3])):
                self.keras1 = True


def is_size(node: ast.expr) -> bool:
    """Return whether an expression may be a number that is no stride."""
    return not isinstance(node, ast.Tuple | ast.List) and not (
        isinstance(node, ast.Constant) and (not isinstance(node.value, int) or node.value < 2)
    )


def style_of(tree: ast.AST, text: str, targets: Sequence[str] = ()) -> Style:
    """Return the Keras that a program is written for. targets: the releases it is meant for, if the user names them."""
    words = Words(tree)
    rests = {module: in_keras(module) for module in words.modules}
    used = {module: rest for module, rest in rests.items() if rest is not None}
    if any(module.startswith("keras_core") for module in used):
        return KERAS3
    tops = {rest.partition(".")[0] for rest in used.values()}
    plain = [module for module in used if not of_tensorflow(module)]
    if plain and (KERAS3_MODULES & tops or "KERAS_BACKEND" in text):
        return KERAS3
    if not plain:
        return TENSORFLOW
    hints = words.training1 or words.keras1_names
    if not words.later and (words.keras1 or (hints and "applications" not in tops)):
        return KERAS1
    if hints:
        return OLD_KERAS2
    if KERAS2_MODULES & set(used.values()) or KERAS2_NAMES & words.names or KERAS2_KEYWORDS & words.keywords:
        return OLD_KERAS2
    if LATER_NAMES & words.names:
        return KERAS3 if targeted(targets) == KERAS3 else TENSORFLOW
    return targeted(targets)


def targeted(targets: Sequence[str]) -> Style:
    """Return the Keras that all targets have in common."""
    found = {style_in(release) for release in targets}
    return found.pop() if len(found) == 1 else UNCERTAIN


def style_in(release: str) -> Style:
    """Return what `import keras` gives with a release. Before TensorFlow 2.4, it is a package apart from `tf.keras`."""
    if release == releases.TFJS:
        return UNCERTAIN
    if releases.is_keras3(release):
        return KERAS3
    if not releases.line_of(release):
        return OLD_KERAS2
    return TENSORFLOW if releases.version(release) >= (2, 4) else UNCERTAIN

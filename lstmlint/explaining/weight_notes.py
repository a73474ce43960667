"""Layers without a formula of their own: what their weights are, in a sentence, and what people count instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, listed, plus, times
from lstmlint.explaining.mistakes import COMMON, USUAL, Mistake, mistake
from lstmlint.explaining.recipes import Alternative, Facts, Parts, Recipe, Weights, weight_term
from lstmlint.layers.base import Layer, LayerError, UnknownShape, Weight
from lstmlint.layers.einsum import EinsumDense, parse_equation
from lstmlint.layers.quantization import layer_policy
from lstmlint.model.shapes import format_shape, product

Note = tuple[str, tuple[Alternative, ...]]

QUANTIZED = {
    "int8": "int8 keeps {kernel} as integers of one byte, with a scale for each column or row beside them",
    "int4": "int4 packs two numbers of {kernel} into each byte, with scales beside them",
    "float8": "float8 keeps beside {kernel} a scale and a history of maxima for each of inputs, kernel and gradients",
    "gptq": "gptq keeps {kernel} transposed and packed, with scales, zero points and an index of groups beside it",
    "awq": "awq keeps {kernel} transposed and packed, with scales, zero points and an index of groups beside it",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A layer with its weights and what surrounds it. plain: its recipe before LoRA and quantization."""

    layer: Layer
    facts: Facts
    weights: tuple[Weight, ...]
    plain: Recipe | None

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a weight; () where there is none of the name."""
        return next((weight.shape for weight in self.weights if weight.name == name), ())


def described(subject: Subject) -> Weights:
    """The recipe that lists the weights, with what can be said of them."""
    speak = next((SPEECH[name] for name in subject.layer.keras_names if name in SPEECH), None)
    try:
        text, wrong = speak(subject) if speak is not None else ("", ())
        changed, before = _changed(subject)
    except (UnknownShape, LayerError):  # a config that has nothing to do with weights that are stored
        text, wrong, changed, before = "", (), "", ()
    said = "; ".join(part for part in (text or plain_roles(subject), changed) if part)
    items = tuple((weight.name, weight.shape) for weight in subject.weights)
    return Weights(items=items, text=f"{said}." if said else "", alternatives=(*before, *wrong))


def plain_roles(subject: Subject) -> str:
    """What the numbers of the layer are, where only LoRA or quantization is new."""
    return subject.plain.roles(subject.facts).removesuffix(".") if subject.plain is not None else ""


def _changed(subject: Subject) -> Note:
    """What LoRA and quantization do to a count, and the count before."""
    names = [weight.name for weight in subject.weights]
    said: list[str] = []
    wrong: list[Alternative] = []
    lora = [name for name in names if name.startswith("lora_")]
    if lora:
        rank = subject.layer.config["lora_rank"]
        said.append(
            f"LoRA (lora_rank {rank}) freezes {lora[0][5:-2]} and trains {' and '.join(lora)} beside it, whose product"
            " has its shape"
        )
        rest = plus(*(weight_term(w.name, w.shape) for w in subject.weights if w.name not in lora))
        text = f"It counts the layer without the two weights that lora_rank {rank} adds."
        wrong.append(Alternative("lora-forgotten", "LoRA forgotten", text, COMMON, rest))
    policy = layer_policy(subject.layer)
    if policy is not None and policy.mode in QUANTIZED and len(names) > 1:
        kernel = "the table" if any("embeddings" in name for name in names) else "the kernel"
        what = QUANTIZED[policy.mode].format(kernel=kernel)
        said.append(f"{what}, and Keras counts the numbers that it stores")
        before = _unquantized(subject)
        if before is not None:
            text = f"It counts the layer before {policy.mode} quantization. What is stored now is what counts."
            wrong.append(Alternative("before-quantization", "before quantization", text, COMMON, before))
    elif policy is None and any(name.endswith("kernel_scale") for name in names):
        said.append("where a projection is quantized, its scales count too")
    return "; ".join(said), tuple(wrong)


def _unquantized(subject: Subject) -> Expression | None:
    layer, shape = subject.layer, subject.facts.input_shape
    if isinstance(layer, EinsumDense) and shape is not None:
        found = layer.contraction(shape)
        sizes = [list(dims) for dims in (found.kernel, found.bias or ())]
        terms = [times(*map(Number, dims)) for dims in sizes if dims]
        return plus(*terms) if None not in [dim for dims in sizes for dim in dims] else None
    return None if subject.plain is None or subject.plain.value is None else subject.plain.formula()


@dataclass(frozen=True, kw_only=True)
class Spectral(Parts):
    """A layer whose kernel is divided by its spectral norm, and the vector that estimates the norm."""

    def roles(self, facts: Facts) -> str:
        """What the vector is, and what the numbers of the layer inside are."""
        said = (
            "SpectralNormalization adds vector_u, one number for each of the kernel's last axis, which follows the kernel"
            " and is not trained"
        )
        inside = self.parts[0][1].roles(facts)
        return f"{said}. In the layer inside, {inside}" if inside else f"{said}."

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """The vector forgotten; and what the layer inside allows."""
        yield mistake("vector-u-forgotten", lambda r: replace(r, parts=r.parts[:1]))
        yield from super().own_mistakes(facts)


# One class each --------------------------------------------------------------------------------------------


def _slopes(subject: Subject) -> Note:
    """PReLU and its older kin: a number for each place of a sample, unless axes share."""
    own = subject.weights[0].shape if subject.weights else ()
    shape, shared = subject.facts.input_shape, subject.layer.config.get("shared_axes")
    names = listed([weight.name for weight in subject.weights])
    each = "each hold" if len(subject.weights) > 1 else "holds"
    text = f"{names} {each} one number for each place of a sample, {format_shape(own)}"
    wrong = []
    rest = tuple(dim for dim in (shape or ())[1:] if dim is not None)
    full = len(subject.weights) * (product(rest) or 0)
    if shared:
        text += f", and one for all places along shared_axes {shared}"
        title = "shared_axes forgotten"
        why = "It gives each place of a sample its own. Along shared_axes all places share one."
        wrong.append(Alternative("shared-axes-forgotten", title, why, COMMON, times(*map(Number, rest))))
    if len(rest) > 1 and full:
        why = "It counts one number for each feature of the last axis."
        if not shared:
            why += " Without shared_axes each place of a sample has its own."
        features = Number(rest[-1], "features")
        wrong.append(Alternative("one-for-each-feature", "one for each feature", why, COMMON, features))
    wrong.append(
        Alternative("one-for-all", "one for the whole layer", "It counts one number in all.", USUAL, Number(1))
    )
    return f"{text}; the batch size never enters the count", tuple(wrong)


def _einsum(subject: Subject) -> Note:
    """Which letters of the equation are the kernel's, and where their sizes come from."""
    layer = subject.layer
    equation = parse_equation(layer.config.get("equation"))
    kernel = subject.shape("kernel")
    shape = subject.facts.input_shape
    if isinstance(layer, EinsumDense) and shape is not None:
        kernel = tuple(dim or 0 for dim in layer.contraction(shape).kernel)
    sizes = dict(zip(equation.kernel, kernel, strict=False))
    summed = [f"{letter} ({size})" for letter, size in sizes.items() if letter not in equation.output]
    new = [f"{letter} ({size})" for letter, size in sizes.items() if letter in equation.output]
    text = f"the kernel has the axes that {layer.config['equation']} names after the comma: "
    parts = [f"over {listed(summed)} it is summed"] if summed else []
    parts += [f"{listed(new)} {'is an axis' if len(new) == 1 else 'are axes'} of the output"] if new else []
    text += ", ".join(parts)
    bias = subject.shape("bias")
    if bias:
        text += f", as bias_axes ({''.join(layer.config['bias_axes'])}) names those of the bias"
    free = [letter for letter in equation.inputs if letter not in equation.kernel]
    wrong: tuple[Alternative, ...] = ()
    if free:
        text += f"; {listed(free)}, of the input alone, never {'enters' if len(free) == 1 else 'enter'} the count"
        offset = len(shape or ()) - len(equation.inputs) if equation.left else 0
        places = [
            (shape or ())[index + offset]
            for index, letter in enumerate(equation.inputs)
            if letter in free and index + offset and shape
        ]
        positions = product(places) if places else None
        if positions and positions > 1:
            all_weights = plus(*(weight_term(weight.name, weight.shape) for weight in subject.weights))
            why = f"It multiplies by the {positions} positions of the input. All of them use the same kernel."
            found = times(all_weights, Number(positions, "positions"))
            wrong = (Alternative("positions-multiplied", "positions multiplied in", why, USUAL, found),)
    return text, wrong


def _reversible(subject: Subject) -> Note:
    """One table for both ways, or two."""
    words, width = subject.layer.integer("input_dim"), subject.layer.integer("output_dim")
    text = (
        f"input_dim ({words}) is the size of the vocabulary and output_dim ({width}) the width of each word's vector; "
    )
    table = times(Number(words), Number(width))
    if subject.layer.config["tie_weights"]:
        text += "with tie_weights the way back uses the same table"
        wrong = Alternative(
            "counted-again", "the way back counted", "It counts a second table. With tie_weights there is one.", COMMON,
            times(Number(2), table),
        )  # fmt: skip
    else:
        text += "without tie_weights the way back has a table of its own"
        wrong = Alternative(
            "one-table-only", "one table only", "It counts one table. Without tie_weights there are two.", COMMON, table
        )
    return f"{text}; the length of the sequences never enters the count", (wrong,)


def _local(subject: Subject) -> Note:
    """A window for each position."""
    layer = subject.layer
    text = (
        "other than in a convolution every position of the output has windows of its own, so the size of the input"
        " enters the count"
    )
    if layer.config.get("implementation") == 2:
        text += "; implementation 2 stores a matrix from all inputs to all outputs, zeros included"
    shape, windows = subject.facts.input_shape, getattr(layer, "windows", None)
    if shape is None or not windows:
        return text, ()
    channels = shape[1 if layer.config.get("data_format") == "channels_first" else -1]
    filters = layer.integer("filters")
    found = times(*map(Number, windows), Number(channels), Number(filters))
    if layer.config.get("use_bias"):
        found = plus(found, Number(filters))
    why = "It counts one window for each filter, which all positions share. Here each position has its own."
    wrong = Alternative("counted-as-convolution", "counted as a convolution", why, COMMON, found)
    return text, (wrong,)


def _maxout(subject: Subject) -> Note:
    """Several Dense layers."""
    features, units = subject.layer.integer("nb_feature"), subject.layer.integer("units")
    kernel = subject.shape("kernel")
    inside = kernel[1] if len(kernel) == 3 else None
    bias = Number(units) if subject.shape("bias") else None
    one = plus(times(Number(inside), Number(units)), bias)
    text = (
        f"nb_feature ({features}) is the number of linear maps side by side, each from the input to units ({units}), of"
        " which the largest result counts; the batch size never enters the count"
    )
    why = f"It counts one of the {features} linear maps."
    return text, (Alternative("one-map-only", "one map only", why, COMMON, one),)


def _highway(subject: Subject) -> Note:
    """A Dense layer and its gate."""
    kept = plus(*(weight_term(w.name, w.shape) for w in subject.weights if not w.name.startswith("carry")))
    text = (
        "kernel and bias transform the input, carry_kernel and carry_bias decide how much of it passes; all are as wide"
        " as the input"
    )
    why = "It leaves out the gate that lets the input through."
    return text, (Alternative("gate-forgotten", "gate forgotten", why, COMMON, kept),)


def _says(text: str) -> Callable[[Subject], Note]:
    return lambda subject: (text, ())


SPEECH: dict[str, Callable[[Subject], Note]] = {
    **dict.fromkeys(("PReLU", "SReLU", "ParametricSoftplus"), _slopes),
    "EinsumDense": _einsum,
    "ReversibleEmbedding": _reversible,
    **dict.fromkeys(("LocallyConnected1D", "LocallyConnected2D"), _local),
    "MaxoutDense": _maxout,
    "Highway": _highway,
    "Attention": _says(
        "use_scale gives one number (scale) and score_mode concat another (concat_score_weight); neither features nor"
        " timesteps enter the count"
    ),
    "AdditiveAttention": _says(
        "scale holds one number for each feature; the timesteps of query and value never enter the count"
    ),
    "Normalization": _says(
        "mean and variance hold one number for each place along the axes that are normalized, count the number of"
        " samples seen; adapt sets them, training never"
    ),
    "TextVectorization": _says(
        "num_documents is the number of texts that adapt saw; the vocabulary is a lookup table and no parameter"
    ),
    **dict.fromkeys(
        ("StringLookup", "IntegerLookup"),
        _says("num_documents is the number of samples that adapt saw; the vocabulary is a lookup table and no parameter"),
    ),
    "STFTSpectrogram": _says(
        "the two kernels hold the sines and cosines of the window, frame_length by one channel by half of fft_length"
        " and one; the length of the signal never enters the count"
    ),
    "LayerScale": _says("it holds one factor for each of the projection_dim channels"),
    "RandomFourierFeatures": _says(
        "the random projection and its phase are fixed, kernel_scale is one number; the batch size never enters the count"
    ),
    "WordContextProduct": _says("one table is for words and one for their contexts, both of input_dim by proj_dim"),
    **dict.fromkeys(
        ("JZS1", "JZS2", "JZS3", "SimpleDeepRNN"),
        _says(
            "the W (and P) are multiplied with the input, (input_dim, units), the U with the state, (units, units); the"
            " number of timesteps never enters the count"
        ),
    ),
}  # fmt: skip


__all__ = ["Spectral", "Subject", "described"]

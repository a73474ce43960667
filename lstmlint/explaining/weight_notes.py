"""Layers without their own formula: what their weights are, and which other counts are common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, plus, times
from lstmlint.explaining.language import clauses, counted, listed, marked, sentence, text
from lstmlint.explaining.mistakes import COMMON, USUAL, Mistake, mistake
from lstmlint.explaining.recipes import Alternative, Facts, Parts, Recipe, Weights, weight_term
from lstmlint.layers.base import Layer, LayerError, UnknownShape, Weight
from lstmlint.layers.einsum import EinsumDense, parse_equation
from lstmlint.layers.quantization import layer_policy
from lstmlint.model.shapes import format_shape, product

Note = tuple[str, tuple[Alternative, ...]]

QUANTIZED = {
    "int8": marked("int8 stores {kernel} as one-byte integers, with a scale per column or row"),
    "int4": marked("int4 packs two numbers of {kernel} into a byte, with scales"),
    "float8": marked(
        "float8 stores {kernel}, and a scale and a history of maxima each for the inputs, the kernel, and the gradients"
    ),
    "gptq": marked("gptq stores {kernel} transposed and packed, with scales, zero points, and group indices"),
    "awq": marked("awq stores {kernel} transposed and packed, with scales, zero points, and group indices"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A layer, its weights, and what surrounds it. plain: its recipe before LoRA and quantization."""

    layer: Layer
    facts: Facts
    weights: tuple[Weight, ...]
    plain: Recipe | None

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a weight; () if there is no such weight."""
        return next((weight.shape for weight in self.weights if weight.name == name), ())


def described(subject: Subject) -> Weights:
    """Return the recipe that lists the weights, with a note about them."""
    note = next((NOTES[name] for name in subject.layer.keras_names if name in NOTES), None)
    try:
        said, wrong = note(subject) if note is not None else ("", ())
        changed, before = _changed(subject)
    except (UnknownShape, LayerError):  # the config does not match the stored weights
        said, wrong, changed, before = "", (), "", ()
    parts = [part for part in (said or plain_roles(subject), changed) if part]
    items = tuple((weight.name, weight.shape) for weight in subject.weights)
    return Weights(items=items, text=sentence(*parts) if parts else "", alternatives=(*before, *wrong))


def plain_roles(subject: Subject) -> str:
    """Return what the numbers of the layer are, before LoRA or quantization."""
    return subject.plain.roles(subject.facts).removesuffix(text(".")) if subject.plain is not None else ""


def _changed(subject: Subject) -> Note:
    """Return how LoRA and quantization change a count, and the count without them."""
    names = [weight.name for weight in subject.weights]
    notes: list[str] = []
    wrong: list[Alternative] = []
    lora = [name for name in names if name.startswith("lora_")]
    if lora:
        rank = subject.layer.config["lora_rank"]
        notes.append(
            text(
                "LoRA (lora_rank {rank}) freezes {weight} and trains {names}, whose product has the same shape",
                rank=rank,
                weight=lora[0][5:-2],
                names=listed(lora),
            )
        )
        rest = plus(*(weight_term(w.name, w.shape) for w in subject.weights if w.name not in lora))
        why = text("The two weights that lora_rank {rank} adds are left out.", rank=rank)
        wrong.append(Alternative("lora-forgotten", text("LoRA forgotten"), why, COMMON, rest))
    policy = layer_policy(subject.layer)
    if policy is not None and policy.mode in QUANTIZED and len(names) > 1:
        kernel = text("the table") if any("embeddings" in name for name in names) else text("the kernel")
        notes.append(text(QUANTIZED[policy.mode], kernel=kernel))
        notes.append(text("Keras counts the numbers that are stored"))
        before = _unquantized(subject)
        if before is not None:
            why = text(
                "The count is that of the layer before {mode} quantization. Keras counts what is stored now.",
                mode=policy.mode,
            )
            wrong.append(Alternative("before-quantization", text("before quantization"), why, COMMON, before))
    elif policy is None and any(name.endswith("kernel_scale") for name in names):
        notes.append(text("the scales of quantized projections count too"))
    return clauses(*notes), tuple(wrong)


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
    """SpectralNormalization: the layer inside, and the vector that estimates the norm of its kernel."""

    def roles(self, facts: Facts) -> str:
        """Return what the vector is, and what the numbers of the layer inside are."""
        vector = text(
            "SpectralNormalization adds vector_u, one number per entry of the kernel's last axis, which is estimated from"
            " the kernel and not trained."
        )
        inside = self.parts[0][1].roles(facts)
        if not inside:
            return vector
        return text("{first} {second}", first=vector, second=text("In the layer inside, {roles}", roles=inside))

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield the vector forgotten, and the mistakes of the layer inside."""
        yield mistake("vector-u-forgotten", lambda r: replace(r, parts=r.parts[:1]))
        yield from super().own_mistakes(facts)


# One class or family each --------------------------------------------------------------------------------------------


def _slopes(subject: Subject) -> Note:
    """Describe PReLU and similar layers: a number per position of a sample, unless axes share it."""
    own = subject.weights[0].shape if subject.weights else ()
    shape, shared = subject.facts.input_shape, subject.layer.config.get("shared_axes")
    names = listed([weight.name for weight in subject.weights])
    notes = [
        counted(
            "{names} holds one number per position of a sample, {shape}",
            "{names} each hold one number per position of a sample, {shape}",
            len(subject.weights),
            names=names,
            shape=format_shape(own),
        )
    ]
    wrong = []
    rest = tuple(dim for dim in (shape or ())[1:] if dim is not None)
    full = len(subject.weights) * (product(rest) or 0)
    if shared:
        notes.append(text("along shared_axes {axes}, all positions share one", axes=shared))
        title = text("shared_axes forgotten")
        why = text("This counts one number per position of a sample. Along shared_axes, all positions share one.")
        wrong.append(Alternative("shared-axes-forgotten", title, why, COMMON, times(*map(Number, rest))))
    if len(rest) > 1 and full:
        why = text(
            "This counts one number per feature of the last axis."
            if shared
            else "This counts one number per feature of the last axis. Without shared_axes, every position of a sample has"
            " its own."
        )
        features = Number(rest[-1], "features")
        wrong.append(Alternative("one-for-each-feature", text("one number per feature"), why, COMMON, features))
    title, why = text("one number for the whole layer"), text("This counts one number in all.")
    wrong.append(Alternative("one-for-all", title, why, USUAL, Number(1)))
    return clauses(*notes, text("the batch size never enters the count")), tuple(wrong)


def _einsum(subject: Subject) -> Note:
    """Describe which letters of the equation are axes of the kernel, and where their sizes come from."""
    layer = subject.layer
    equation = parse_equation(layer.config.get("equation"))
    kernel = subject.shape("kernel")
    shape = subject.facts.input_shape
    if isinstance(layer, EinsumDense) and shape is not None:
        kernel = tuple(dim or 0 for dim in layer.contraction(shape).kernel)
    sizes = dict(zip(equation.kernel, kernel, strict=False))
    summed = [f"{letter} ({size})" for letter, size in sizes.items() if letter not in equation.output]
    new = [f"{letter} ({size})" for letter, size in sizes.items() if letter in equation.output]
    parts = []
    if summed:
        parts.append(counted("{axes} is summed over", "{axes} are summed over", len(summed), axes=listed(summed)))
    if new:
        parts.append(
            counted("{axes} is an axis of the output", "{axes} are axes of the output", len(new), axes=listed(new))
        )
    notes = [
        text(
            "the kernel has the axes that {equation} names after the comma: {axes}",
            equation=layer.config["equation"],
            axes=", ".join(parts),
        )
    ]
    bias = subject.shape("bias")
    if bias:
        notes.append(text("the bias has the axes in bias_axes ({axes})", axes="".join(layer.config["bias_axes"])))
    free = [letter for letter in equation.inputs if letter not in equation.kernel]
    wrong: tuple[Alternative, ...] = ()
    if free:
        notes.append(
            counted(
                "{axes} of the input never enters the count",
                "{axes} of the input never enter the count",
                len(free),
                axes=listed(free),
            )
        )
        offset = len(shape or ()) - len(equation.inputs) if equation.left else 0
        places = [
            (shape or ())[index + offset]
            for index, letter in enumerate(equation.inputs)
            if letter in free and index + offset and shape
        ]
        positions = product(places) if places else None
        if positions and positions > 1:
            all_weights = plus(*(weight_term(weight.name, weight.shape) for weight in subject.weights))
            why = text(
                "The count is multiplied by the {positions} positions of the input. All of them use the same kernel.",
                positions=positions,
            )
            found = times(all_weights, Number(positions, "positions"))
            wrong = (Alternative("positions-multiplied", text("positions multiplied in"), why, USUAL, found),)
    return clauses(*notes), wrong


def _reversible(subject: Subject) -> Note:
    """Describe the one or two tables of a ReversibleEmbedding."""
    words, width = subject.layer.integer("input_dim"), subject.layer.integer("output_dim")
    sizes = text(
        "input_dim ({words}) is the size of the vocabulary and output_dim ({width}) the width of each word's vector",
        words=words,
        width=width,
    )
    table = times(Number(words), Number(width))
    if subject.layer.config["tie_weights"]:
        tables = text("with tie_weights, the reverse projection uses the same table")
        wrong = Alternative(
            "counted-again",
            text("the reverse projection counted"),
            text("This counts two tables. With tie_weights, there is one."),
            COMMON,
            times(Number(2), table),
        )
    else:
        tables = text("without tie_weights, the reverse projection has its own table")
        wrong = Alternative(
            "one-table-only",
            text("one table only"),
            text("This counts one table. Without tie_weights, there are two."),
            COMMON,
            table,
        )
    return clauses(sizes, tables, text("the length of the sequences never enters the count")), (wrong,)


def _local(subject: Subject) -> Note:
    """Describe a locally connected layer: a window per position."""
    layer = subject.layer
    said = text(
        "unlike in a convolution, every position of the output has its own windows, so the size of the input enters the"
        " count"
    )
    if layer.config.get("implementation") == 2:
        said = clauses(said, text("implementation 2 stores a matrix from all inputs to all outputs, including zeros"))
    shape, windows = subject.facts.input_shape, getattr(layer, "windows", None)
    if shape is None or not windows:
        return said, ()
    channels = shape[1 if layer.config.get("data_format") == "channels_first" else -1]
    filters = layer.integer("filters")
    found = times(*map(Number, windows), Number(channels), Number(filters))
    if layer.config.get("use_bias"):
        found = plus(found, Number(filters))
    why = text("This counts one window per filter for all positions. In this layer, every position has its own.")
    wrong = Alternative("counted-as-convolution", text("counted as a convolution"), why, COMMON, found)
    return said, (wrong,)


def _maxout(subject: Subject) -> Note:
    """Describe MaxoutDense: several linear maps."""
    features, units = subject.layer.integer("nb_feature"), subject.layer.integer("units")
    kernel = subject.shape("kernel")
    inside = kernel[1] if len(kernel) == 3 else None
    bias = Number(units) if subject.shape("bias") else None
    one = plus(times(Number(inside), Number(units)), bias)
    said = text(
        "nb_feature ({features}) is the number of linear maps, each from the input to units ({units}); the layer returns"
        " the largest results; the batch size never enters the count",
        features=features,
        units=units,
    )
    why = text("One linear map is counted. There are {features}.", features=features)
    return said, (Alternative("one-map-only", text("one map only"), why, COMMON, one),)


def _highway(subject: Subject) -> Note:
    """Describe Highway: a Dense layer and its gate."""
    kept = plus(*(weight_term(w.name, w.shape) for w in subject.weights if not w.name.startswith("carry")))
    said = text(
        "kernel and bias transform the input, carry_kernel and carry_bias set how much of it passes unchanged; all are as"
        " wide as the input"
    )
    why = text("The gate that passes the input unchanged is left out.")
    return said, (Alternative("gate-forgotten", text("gate forgotten"), why, COMMON, kept),)


def _constant(message: str) -> Callable[[Subject], Note]:
    return lambda subject: (text(message), ())


NOTES: dict[str, Callable[[Subject], Note]] = {
    **dict.fromkeys(("PReLU", "SReLU", "ParametricSoftplus"), _slopes),
    "EinsumDense": _einsum,
    "ReversibleEmbedding": _reversible,
    **dict.fromkeys(("LocallyConnected1D", "LocallyConnected2D"), _local),
    "MaxoutDense": _maxout,
    "Highway": _highway,
    "Attention": _constant(
        "use_scale adds one number (scale), and score_mode concat another (concat_score_weight); neither features nor"
        " timesteps enter the count"
    ),
    "AdditiveAttention": _constant(
        "scale has one number per feature; the timesteps of query and value never enter the count"
    ),
    "Normalization": _constant(
        "mean and variance have one number per entry of the normalized axes, and count is the number of samples seen;"
        " adapt sets them, not training"
    ),
    "TextVectorization": _constant(
        "num_documents is the number of texts that adapt saw; the vocabulary is a lookup table, not a parameter"
    ),
    **dict.fromkeys(
        ("StringLookup", "IntegerLookup"),
        _constant("num_documents is the number of samples that adapt saw; the vocabulary is a lookup table, not a parameter"),
    ),
    "STFTSpectrogram": _constant(
        "the two kernels hold the sines and cosines of the window, of shape (frame_length, 1, fft_length // 2 + 1); the"
        " length of the signal never enters the count"
    ),
    "LayerScale": _constant("it has one factor per channel, projection_dim in all"),
    "RandomFourierFeatures": _constant(
        "the random projection and its phase are fixed, and kernel_scale is one number; the batch size never enters the count"
    ),
    "WordContextProduct": _constant("one table is for words and one for their contexts, each of shape (input_dim, proj_dim)"),
    **dict.fromkeys(
        ("JZS1", "JZS2", "JZS3", "SimpleDeepRNN"),
        _constant(
            "W and P (input_dim, units) multiply the input, U (units, units) multiplies the state; the number of timesteps"
            " never enters the count"
        ),
    ),
}  # fmt: skip


__all__ = ["Spectral", "Subject", "described"]

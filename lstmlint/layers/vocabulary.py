"""Layers that look up tokens in a vocabulary: StringLookup, IntegerLookup, TextVectorization."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import UnionType
from typing import Any, ClassVar

from lstmlint.layers.base import Context, LayerError, UnknownShape, Weight, layer
from lstmlint.layers.preprocessing import CategoricalLayer, check_integer_dtype, check_salt
from lstmlint.layers.spatial import bad_value, shown
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, format_shape
from lstmlint.model.spec import LayerSpec


class VocabularyLayer(CategoricalLayer):
    """A table of known tokens that is given in the config, or learned by `adapt` and saved elsewhere.

    The table is not a weight in Keras and is not counted. A vocabulary may be a path; lstmlint does not open it. In
    tf_keras,
    tf_idf adds variables for document counts: `num_documents`, and the idf weights, which Keras does not count because
    their
    variable declares no length.
    """

    takes_structures = True
    modes: tuple[str | None, ...] = ("int", "one_hot", "multi_hot", "count", "tf_idf")
    aliases: ClassVar[dict[str, str]] = {"binary": "multi_hot", "tf-idf": "tf_idf"}
    strings: bool = True
    mask_token: Any = None
    oov_token: Any = "[UNK]"  # noqa: S105
    oov_indices: int = 1
    invert: bool = False
    tokens: int | None = None

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E006, E007.
        """
        config = self.config
        max_tokens = config.get("max_tokens")
        if max_tokens is not None and (not isinstance(max_tokens, int | float) or max_tokens <= 1):
            raise bad_value(self, "max_tokens", "an integer greater than 1, or null", 20000)
        if config.get("pad_to_max_tokens") and max_tokens is None:
            raise LayerError(
                "E006",
                f"pad_to_max_tokens of {self.class_name} is true, but max_tokens is not set; Keras raises a ValueError",
                'Add "max_tokens", or set pad_to_max_tokens to false.',
                "pad_to_max_tokens",
            )
        super().check()
        if self.invert and self.mode != "int":
            raise LayerError(
                "E007",
                f"{self.class_name} has invert=true, but output_mode is {self.mode}; Keras raises a ValueError",
                'Set output_mode to "int" or invert to false.',
                "output_mode",
            )
        if config.get("idf_weights") is not None and self.mode != "tf_idf":
            raise LayerError(
                "E007",
                f"{self.class_name} has idf_weights, but output_mode is {self.mode}; Keras raises a ValueError",
                'Set output_mode to "tf_idf", or idf_weights to null.',
                "idf_weights",
            )
        self.tokens = self.vocabulary_size()

    def vocabulary_size(self) -> int | None:
        """Return the number of tokens, including special ones; None if the file does not contain them.

        Raises: LayerError E006, E007 if Keras refuses the vocabulary.
        """
        vocabulary = self.config.get("vocabulary")
        recorded = self.config.get("vocabulary_size")
        if self.mode == "tf_idf" and self.fixed() and self.config.get("idf_weights") is None:
            raise LayerError(
                "E006",
                f"{self.class_name} has a vocabulary and output_mode tf_idf, but no idf_weights; Keras raises a"
                " ValueError",
                'Add "idf_weights", one number per token of the vocabulary.',
                "vocabulary",
            )
        if vocabulary is None:
            return self.dimension("vocabulary_size") if self.mode != "int" and recorded is not None else None
        if isinstance(vocabulary, str):
            self.check_path(vocabulary)
            return None
        size = Vocabulary(self, vocabulary).size
        pads = self.config.get("pad_to_max_tokens")
        if self.mode != "int" and not pads and recorded is not None and recorded != size:
            raise LayerError(
                "E007",
                f"vocabulary_size of {self.class_name} is {shown(recorded)}, but its vocabulary has {size} tokens; Keras"
                " raises a RuntimeError",
                f"Set vocabulary_size to {size}, or remove it.",
                "vocabulary_size",
            )
        return size

    def fixed(self) -> bool:
        """Return whether the vocabulary was given rather than learned."""
        has = self.config.get("has_input_vocabulary")
        return self.config.get("vocabulary") is not None if has is None else bool(has)

    def check_path(self, vocabulary: str) -> None:
        """Check a vocabulary in a separate file.

        Raises: LayerError E007, since Keras 3 does not open it.
        """
        if self.keras3:
            raise LayerError(
                "E007",
                f"vocabulary of {self.class_name} is the path {shown(vocabulary)}; Keras refuses to open files outside"
                " of the model when it loads one",
                "Write the tokens as a list, or save the layer with its vocabulary in a .keras file.",
                "vocabulary",
            )

    def depth(self) -> Dim:
        """Return max_tokens if the layer pads to it, else the number of tokens.

        Raises: LayerError E006 if tf_keras needs it and it is unknown; UnknownShape if it is in a file.
        """
        if self.config.get("pad_to_max_tokens"):
            return self.dimension("max_tokens")
        if self.tokens is None and not self.keras3:
            if self.config.get("vocabulary") is not None:
                raise UnknownShape
            raise LayerError(
                "E006",
                f"{self.class_name} with output_mode {self.mode} needs its vocabulary before it is called; tf_keras"
                " raises a RuntimeError",
                'Add "vocabulary", or "max_tokens" with "pad_to_max_tokens": true.',
            )
        return self.tokens

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield num_documents () for tf_keras's tf_idf until the vocabulary is set."""
        if self.mode == "tf_idf" and not self.keras3 and not self.fixed():
            yield self.weight("num_documents", (), trainable=False, dtype="int64")


class Vocabulary:
    """A vocabulary given as a list. `size` includes the special tokens.

    Raises: LayerError E007 if Keras refuses it.
    """

    def __init__(self, owner: VocabularyLayer, given: Any) -> None:
        self.owner = owner
        tokens = self._tokens(given)
        masks = 1 if owner.mask_token is not None and owner.mode == "int" else 0
        start = masks + owner.oov_indices
        # Any number may be stated; more than the list has cannot be in it.
        special = [owner.mask_token] * masks + [owner.oov_token] * min(owner.oov_indices, len(tokens) + 1)
        self.has_special = tokens[:start] == special
        length = len(tokens)
        if self.has_special:
            tokens = tokens[start:]
        self._check(tokens, special)
        self.size = start + len(tokens)
        limit = owner.config.get("max_tokens")
        if limit is not None and self.size > limit:
            raise self._error(
                f"has {self.size} tokens, including the {start} special ones, but max_tokens is {limit}",
                f"Set max_tokens to {self.size} or more, or shorten the vocabulary.",
            )
        weights = owner.config.get("idf_weights")
        if weights is not None and (
            not isinstance(weights, list)
            or len(weights) != length
            or not all(isinstance(weight, int | float) for weight in weights)
        ):
            wanted = f"{length} numbers, one per token of the vocabulary"
            raise bad_value(owner, "idf_weights", wanted, [0.0] * min(length, 3))

    def _tokens(self, given: Any) -> list[Any]:
        wants = "strings" if self.owner.strings else "integers"
        if not isinstance(given, list) or not given:
            example = ["a", "b"] if self.owner.strings else [1, 2]
            raise bad_value(self.owner, "vocabulary", f"a list of {wants}", example)
        if not all(isinstance(token, str | int | float) for token in given):
            raise self._error(f"contains more than {wants}", f"Keep only {wants} in it.")
        as_text = any(isinstance(token, str) for token in given)
        if self.owner.strings and not as_text:
            raise self._error("contains values that are not strings", "Quote the tokens.")
        if not as_text:
            return given
        if not self.owner.strings and not all(_is_integer(token) for token in given):
            raise self._error("holds strings", "Keep only integers in it.")
        return [token if isinstance(token, str) else str(token) for token in given]

    def _check(self, tokens: list[Any], special: list[Any]) -> None:
        if not tokens:
            raise self._error(f"contains only the special tokens {shown(special)}", "Add tokens to the vocabulary.")
        if len(set(tokens)) != len(tokens):
            twice = next(token for token, times in Counter(tokens).items() if times > 1)
            raise self._error(f"contains {shown(twice)} more than once", "Remove the repeated tokens.")
        owner = self.owner
        for token, used in ((owner.mask_token, True), (owner.oov_token, owner.invert)):
            if used and token is not None and token in tokens:
                raise self._error(
                    f"contains the special token {shown(token)} among the others",
                    f"Leave the special tokens out, or put all of them first, in this order: {shown(special)}.",
                )

    def _error(self, what: str, advice: str) -> LayerError:
        message = f"the vocabulary of {self.owner.class_name} {what}; Keras raises a ValueError"
        return LayerError("E007", message, advice, "vocabulary")


def _is_integer(token: Any) -> bool:
    if not isinstance(token, str):
        return True
    try:
        int(token)
    except ValueError:
        return False
    return True


@layer("StringLookup", "IntegerLookup")
class Lookup(VocabularyLayer):
    """Converts tokens to indices, or indices to tokens with `invert`."""

    built_when_made = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        self.strings = spec.class_name != "IntegerLookup"
        super().__init__(spec, context)

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E006, E007.
        """
        config = self.config
        for old, new in (("max_values", "max_tokens"), ("mask_value", "mask_token"), ("oov_value", "oov_token")):
            if config.get(old) is not None:  # tf_keras's IntegerLookup still accepts these names
                config[new] = config[old]
        if not isinstance(config.get("num_oov_indices"), int) or config["num_oov_indices"] < 0:
            raise bad_value(self, "num_oov_indices", "an integer of at least 0", 1)
        self._check_tokens()
        if not self.strings:
            self._check_integers()
        self.invert = bool(config.get("invert"))
        self.mask_token, self.oov_token = config.get("mask_token"), config.get("oov_token")
        self.oov_indices = config["num_oov_indices"]
        if self.keras3:
            self.one_of("oov_method", "floormod", "farmhash")
            check_salt(self)
        super().check()
        if not self.keras3 and self.mode == "int" and self.spec.dtype not in (None, "string"):
            check_integer_dtype(self)

    def _check_tokens(self) -> None:
        kind: type | UnionType = str if self.strings else int if self.keras3 else int | float
        wanted = "a string" if self.strings else "an integer"
        example = "" if self.strings else 0
        mask, oov = self.config.get("mask_token"), self.config.get("oov_token")
        many = isinstance(mask, list) and not self.strings and all(isinstance(token, int) for token in mask)
        if mask is not None and not isinstance(mask, kind) and not many:
            raise bad_value(self, "mask_token", f"{wanted} or null", example)
        if self.config.get("invert") and not isinstance(oov, kind):
            raise bad_value(self, "oov_token", f"{wanted} if invert is true", example)

    def _check_integers(self) -> None:
        config = self.config
        if self.keras3 and config["vocabulary_dtype"] != "int64":
            raise bad_value(self, "vocabulary_dtype", '"int64"', "int64")
        if not self.keras3 and config["vocabulary_dtype"] not in ("int32", "int64"):
            raise bad_value(self, "vocabulary_dtype", "the name of an integer dtype", "int64")
        if self.keras3 and config.get("salt") is not None and config.get("oov_method") != "farmhash":
            raise LayerError(
                "E007",
                f'{self.class_name} has a salt, but oov_method is not "farmhash"; Keras raises a ValueError',
                'Set oov_method to "farmhash", or salt to null.',
                "salt",
            )

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return int64 in Keras 3, or float32 for encodings, whatever the layer's own dtype."""
        if self.keras3:
            return "int64" if self.mode == "int" else "float32"
        if self.invert:
            return "string" if self.strings else str(self.config["vocabulary_dtype"])
        ignored = self.spec.dtype in (None, "string") or (not self.strings and self.spec.dtype == "int64")
        if not ignored:
            return self.compute_dtype
        return "int64" if self.mode == "int" else "float32"


@layer("TextVectorization")
class TextVectorization(VocabularyLayer):
    """Converts strings to the indices of their tokens, or to an encoding of them."""

    written = ("standardize", "split", "ngrams")
    mask_token = ""
    build_shapes = ()
    optional_build_shapes = ("input_shape",)

    def must_write(self) -> tuple[str, ...]:
        """Return the required arguments: all three in Keras 3, the first two in tf_keras."""
        return self.written if self.keras3 else self.written[:2]

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E006, E007.
        """
        config = self.config
        if not self.keras3 and self.spec.dtype not in (None, "string"):
            raise LayerError(
                "E007", f"dtype of TextVectorization is {shown(self.spec.dtype)}; tf_keras takes only string",
                'Remove dtype, or set it to "string".', "dtype",
            )  # fmt: skip
        self._check_function("standardize", "lower_and_strip_punctuation", "lower", "strip_punctuation")
        self._check_function("split", "whitespace", "character")
        if self.keras3:
            self.modes = VocabularyLayer.modes
        else:
            self.modes = ("int", "multi_hot", "count", "tf_idf", None)
        ngrams = config.get("ngrams")
        if not (
            ngrams is None
            or isinstance(ngrams, int)
            or (isinstance(ngrams, list) and self.keras3 and all(isinstance(length, int) for length in ngrams))
        ):
            wanted = "an integer, a list of integers, or null" if self.keras3 else "an integer or null"
            raise bad_value(self, "ngrams", wanted, 2)
        super().check()
        length = config.get("output_sequence_length")
        if self.mode == "int" and length is not None:
            self.dimension("output_sequence_length")
        if self.mode != "int":
            for argument in ("output_sequence_length", "ragged"):
                value = config.get(argument)
                if (value is not None) if argument == "output_sequence_length" else value:
                    raise LayerError(
                        "E007",
                        f"{argument} of TextVectorization is {shown(value)}, but output_mode is {self.mode},"
                        " whose output has no tokens to count; Keras raises a ValueError",
                        f'Remove {argument}, or set output_mode to "int".',
                        argument,
                    )
        if not self.keras3 and config.get("ragged") and length is not None:
            raise LayerError(
                "E007", "TextVectorization is ragged and has an output_sequence_length; tf_keras raises a ValueError",
                "Set ragged to false, or output_sequence_length to null.", "ragged",
            )  # fmt: skip

    def _check_function(self, argument: str, *names: str) -> None:
        """Check for one of Keras's own functions, null, or an object that stands for a custom function."""
        value = self.config.get(argument)
        custom = isinstance(value, dict) and (not self.keras3 or "class_name" in value)
        if value is None or custom or (isinstance(value, str) and value in names):
            return
        error = bad_value(self, argument, " or ".join(f'"{name}"' for name in names) + ", or null", names[0])
        if not self.keras3 and isinstance(value, str):
            error.severity = "warning"
            error.message = f"{argument} of TextVectorization is {shown(value)}: it loads only with custom_objects"
            error.help = "Pass the function in custom_objects when you load the model, or register it before."
            error.data["function"] = True
            self.context.report(self, error)
            return
        raise error

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, output_sequence_length) for indices, or the output shape of the lookup.

        Raises: LayerError S101 for inputs without a batch, and for strings that cannot be split.
        """
        length = self.config.get("output_sequence_length")
        if not input_shape and (self.mode == "int" or not self.keras3):
            raise LayerError(
                "S101", "TextVectorization gets a scalar; Keras raises an error", "Use an input (batch, 1).", shape=()
            )
        if not self.keras3:
            return self._traced(input_shape, length)
        if self.mode == "int":
            return (input_shape[0], length)
        if self.config.get("split") is not None:
            input_shape = (*input_shape, None)
        elif len(input_shape) < 2:
            input_shape = (*input_shape, 1)
        return self.encoded(input_shape, self.depth())

    def _traced(self, shape: KnownShape, length: Dim) -> Shape:
        """Return the shape that tf_keras's call computes: split, n-grams, lookup, then padding or trimming."""
        split = self.config.get("split")
        ragged = split is not None
        if ragged:
            if len(shape) > 1 and shape[-1] != 1:
                raise LayerError(
                    "S101",
                    f"TextVectorization splits strings, one per sample, but gets {format_shape(shape)}; Keras raises a"
                    " ValueError",
                    "Use an input (batch, 1), or set split to null if the strings are already tokens.",
                    shape=shape,
                )
            if split not in ("whitespace", "character"):
                raise UnknownShape
            shape = shape[:-1] if len(shape) > 1 else shape
            if len(shape) == 1 and not (shape == (1,) and split == "character"):
                shape = (None,)  # TensorFlow's ragged tensors lose the number of rows
            shape = (*shape, None)
        if self.config.get("ngrams") is not None:
            shape = (*shape[:-1], None)
        if self.mode is None:
            return shape
        if self.mode != "int":
            return self.counted(shape, self.depth())
        if self.config.get("ragged") or length is None:
            return shape
        if ragged:
            return (*shape[:-1], length)
        return (None,) * len(shape) if None in shape else (*shape[:-1], length)

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return int64, or float32 for encodings. The layer's own dtype is string."""
        return {"int": "int64", None: "string"}.get(self.mode, "float32")

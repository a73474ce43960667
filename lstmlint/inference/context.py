"""One run over one document: makes the layers, counts the calls, collects the problems."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lstmlint import layers as registry
from lstmlint.inference.bindings import Bindings
from lstmlint.inference.layer_cache import CachedLayer, Key, key_of, signature_of
from lstmlint.inference.nested import NestedModel
from lstmlint.layers.base import Layer, LayerError, UnknownLayer, UnknownShape, absurd
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import Shape, tensors_in, too_large
from lstmlint.model.spec import Dialect, LayerSpec, ModelSpec
from lstmlint.validation import headers
from lstmlint.validation.arguments import check as check_arguments

if TYPE_CHECKING:
    from lstmlint.layers.user_defined import Description

# A config of n bytes can ask for 2^n calls (a model nested in itself, each called twice on new shapes).
# This many calls, and some for every layer, are more than any real model makes.
MAX_CALLS = 200_000
CALLS_PER_LAYER = 4
MODEL_CLASSES = ("Sequential", "Functional", "Model", "Container", "Graph")  # of Keras 1 and 2


@lru_cache(maxsize=1024)
def _defaults(class_name: str, dialect: Dialect) -> dict[str, Any]:
    return registry.signature(class_name, dialect) or {}


@lru_cache(maxsize=1024)
def _advice(class_name: str, ours: bool) -> str:
    """What to do about a class that nobody here knows; `ours` if it is said to be Keras's own."""
    from lstmlint.model.suggestions import close_match
    from lstmlint.validation.third_party import describe

    unknown = "lstmlint knows neither its shapes nor its weights; the settings can say them, under custom-layers."
    if ours:
        unknown = "Write the name of a layer that Keras has."
    elif known := describe(class_name):
        return f"{known} {unknown}"
    names = registry.known_names()
    length, letters = len(class_name), sorted(class_name.casefold())
    same = (name for name in names if len(name) == length and sorted(name.casefold()) == letters)  # Lstm, LTSM
    close = next(same, None) or close_match(class_name, names, 0.8)
    return f"Did you mean {close}?" if close else unknown


class InferenceContext:
    """What the layers and graphs of one document ask for, and tell of.

    descriptions: class name -> what the user says of a custom layer. problems: in the order they were met.
    """

    def __init__(
        self, dialect: Dialect, bindings: Bindings, descriptions: Mapping[str, Description] | None = None
    ) -> None:
        self.descriptions = descriptions or {}
        self.dialect: Dialect = dialect
        self.bindings = bindings
        self.problems: list[Problem] = []
        self.calls_left = MAX_CALLS
        self.depth = 0
        # Above 0 while Keras 3 runs a nested model on shapes that are not its own: it asks the layers inside for
        # their output shapes, not whether the inputs suit them, and fails when the model runs.
        self.unchecked = 0
        self.layer_cache: dict[Key, CachedLayer] = {}

    def defaults(self, class_name: str) -> dict[str, Any]:
        """The arguments of a class with the defaults of the document's dialect."""
        return _defaults(class_name, self.dialect)

    def make_cached(self, spec: LayerSpec) -> Layer:
        """The layer for a spec; a model for a nested model; an UnknownLayer where nobody knows the class."""
        self.calls_left += CALLS_PER_LAYER
        if self.dialect != "keras3":
            return self.instantiate(spec)
        key = key_of(spec)
        cached = None if key is None else self.layer_cache.get(key)
        if cached is not None and headers.is_plain_use(spec):
            twin = cached.another(spec, self)
            if twin is not None:
                return twin
        reported = len(self.problems)
        layer = self.make_validated(spec)
        if key is not None and cached is None and len(self.problems) == reported and not layer.failed:
            layer.cache_entry = self.layer_cache[key] = CachedLayer(layer)
        return layer

    def make_validated(self, spec: LayerSpec) -> Layer:
        """The same for a layer of Keras 3 like none before."""
        if headers.is_plain(spec):
            return self.instantiate(spec)
        found = list(headers.check(spec))
        for error in found:
            self.report_spec(spec, error, error.data.get("pointer"))
        layer = self.instantiate(spec)
        layer.failed = layer.failed or any("pointer" in error.data for error in found)  # it cannot be called
        return layer

    def instantiate(self, spec: LayerSpec) -> Layer:
        """The same, after what Keras 3 asks of every layer."""
        if spec.model is not None:
            return NestedModel(spec, self)
        operation = spec.is_operation
        cls = registry.find_operation(spec.module, spec.class_name) if operation else registry.find(spec.class_name)
        if spec.class_name in self.descriptions and (cls is None or spec.class_name == "Lambda"):
            from lstmlint.layers.user_defined import DescribedLayer

            described = DescribedLayer(spec, self, self.descriptions[spec.class_name])
            described.stands_for = cls
            return described
        if cls is None:
            self.report_unknown(spec)
            return UnknownLayer(spec, self)
        errors = [] if operation else check_arguments(spec, self.dialect)
        for error in errors:
            self.report_spec(spec, error)
        if not any(error.data.get("stops", True) for error in errors):
            try:
                return cls(spec, self)
            except LayerError as error:
                self.report_spec(spec, error)
            except RecursionError:
                raise
            except Exception as error:  # noqa: BLE001 - as in apply
                self.report_spec(spec, _defect(spec, error))
        broken = UnknownLayer(spec, self)
        broken.known, broken.failed, broken.stands_for = True, True, cls
        return broken

    def report_unknown(self, spec: LayerSpec) -> None:
        """E004: nobody here knows the class. Keras's own names are refused by Keras, others may be custom."""
        ours = spec.is_operation or (
            str(spec.module).partition(".")[0] == "keras" and spec.registered_name in (None, spec.class_name)
        )
        advice = _advice(spec.class_name, ours)
        error = LayerError(
            "E004",
            f"{spec.written_class or spec.class_name!r} is no layer of Keras"
            + ("; Keras cannot load it" if ours else ": it loads only with custom_objects"),
            advice,
            severity="error" if ours else None,
        )
        self.report_spec(spec, error)

    def report_model_class(self, model: ModelSpec) -> None:
        """E004: a model's class that is none of Keras's; it may be a subclass."""
        from lstmlint.model.suggestions import close_match

        close = close_match(model.class_name, MODEL_CLASSES, 0.85)
        message = f"{model.class_name!r} is no model of Keras: it loads only with custom_objects"
        advice = f"Did you mean {close}?" if close else "What its code does beyond its layers is not known."
        self.problems.append(Problem("E004", message, advice, pointer=f"{model.pointer}/class_name"))

    def bind_input(self, name: str, shape: Shape) -> Shape:
        """An input's shape after what the user said of it; nested models keep theirs."""
        return shape if self.depth else self.bindings.bind(name, shape)

    def report(self, layer: Layer, error: LayerError) -> None:
        """Keep what went wrong in a layer."""
        self.report_spec(layer.spec, error)

    def report_spec(self, spec: LayerSpec, error: LayerError, pointer: str | None = None) -> None:
        """Keep what went wrong in the layer of a spec."""
        if pointer is None:
            pointer = spec.argument_pointer(error.argument) if error.argument else spec.pointer
        self.problems.append(
            Problem(
                error.code,
                error.message + in_old_words(spec, error),
                error.help,
                spec.name,
                pointer,
                error.severity,
                data={"spec": spec, **error.data},
            )  # fmt: skip
        )

    def apply(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """One call of a layer; its outputs, None where they cannot be known."""
        if layer.failed:
            return None
        self.calls_left -= 1
        if self.calls_left < 0:
            if self.calls_left == -1:
                self.report(layer, LayerError("E010", f"nested models call each other more than {MAX_CALLS:,} times"))
            return None
        cached = layer.cache_entry
        signature = None if cached is None or layer.built or kwargs else signature_of(layer.spec, args)
        if signature is not None and (known := cached.recall(layer, signature)) is not None:
            return known
        reported = len(self.problems)
        try:
            outputs = layer.apply(args, kwargs)
            for tensor in tensors_in(outputs):
                if tensor.shape is not None and too_large(tensor.shape):
                    raise absurd(f"an output of {layer.class_name} {layer.name!r}")
            if signature is not None and len(self.problems) == reported:
                cached.keep(layer, signature, outputs)
            return outputs
        except LayerError as error:
            if self.unchecked and error.code in ("S101", "S134"):
                error.severity = "warning"
                self.report(layer, error)
                return None
            self.report(layer, error)
        except UnknownShape:
            return None
        except RecursionError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours must not hide the rest of the report
            self.report(layer, _defect(layer.spec, error))
        if not layer.built:
            layer.weights_known = False
        layer.failed = True
        return None


def _defect(spec: LayerSpec, error: Exception) -> LayerError:
    """A defect of ours, reported as a finding."""
    message = f"lstmlint could not work out {spec.class_name}: {type(error).__name__}: {error}"
    return LayerError("E099", message, "Please report this with the file.")


def in_old_words(spec: LayerSpec, error: LayerError) -> str:
    """What the file calls the argument that an error is about, where that is another name."""
    written = spec.renamed.get(error.argument or "")
    if written is None or written in error.message.replace("'", " ").split():
        return ""
    return f" ({error.argument} is {written!r} in this file)"

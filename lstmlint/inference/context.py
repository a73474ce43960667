"""The state of one analysis: it creates layers, counts calls, and collects problems."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from lstmlint import layers as registry
from lstmlint.inference.bindings import Bindings
from lstmlint.inference.layer_cache import CachedLayer, Key, key_of, signature_of
from lstmlint.layers.base import Layer, LayerError, UnknownLayer, UnknownShape, absurd
from lstmlint.model.findings import Problem, UsageError
from lstmlint.model.limits import check_time, current
from lstmlint.model.releases import KERAS2, KERAS3
from lstmlint.model.shapes import Shape, tensors_in, too_large
from lstmlint.model.spec import Dialect, LayerSpec, ModelSpec
from lstmlint.model.values import plural, show
from lstmlint.validation import headers
from lstmlint.validation.arguments import check as check_arguments

if TYPE_CHECKING:
    from lstmlint.layers.user_defined import Description

# A config of n bytes can request 2^n calls (a nested model that contains itself, called twice on new shapes).
# Real models stay below the limit of calls plus some per layer.
CALLS_PER_LAYER = 4
MODEL_CLASSES = ("Sequential", "Functional", "Model", "Container", "Graph")  # of Keras 1 and 2


@lru_cache(maxsize=1024)
def _defaults(class_name: str, dialect: Dialect) -> dict[str, Any]:
    return registry.signature(class_name, dialect) or {}


class InferenceContext:
    """What the layers and graphs of one document share.

    descriptions: class name -> the user's description of a custom layer.
    problems: in the order in which they were found.
    """

    # The class of a model used as a layer, set by the module that defines it: a nested model contains a graph, and a
    # graph creates its layers here.
    nested_model: ClassVar[type[Layer]]

    def __init__(
        self, dialect: Dialect, bindings: Bindings, descriptions: Mapping[str, Description] | None = None
    ) -> None:
        self.descriptions = descriptions or {}
        self.dialect: Dialect = dialect
        # The one that errors are about, by its name in model/releases.py.
        self.release = (KERAS3 if dialect == "keras3" else KERAS2)[-1]
        self.bindings = bindings
        self.problems: list[Problem] = []
        self.calls_left = current().calls
        self.depth = 0
        # Above 0 while Keras 3 runs a nested model on shapes other than its own. It then computes the output shapes of
        # the inner layers without checking their inputs, and fails when the model runs.
        self.unchecked = 0
        self.layer_cache: dict[Key, CachedLayer] = {}

    def defaults(self, class_name: str) -> dict[str, Any]:
        """Return the arguments of a class with the defaults of the document's dialect."""
        return _defaults(class_name, self.dialect)

    def make_cached(self, spec: LayerSpec) -> Layer:
        """Return the layer for a spec, copied from an identical one if possible.

        A nested model for a model's spec; an UnknownLayer if the class is unknown.
        """
        self.calls_left += CALLS_PER_LAYER
        check_time()
        if self.dialect != "keras3":
            if self.dialect == "keras2" and any(call.kwargs for call in spec.calls):
                from lstmlint.validation.calls import old_call_errors

                for error in old_call_errors(spec):
                    self.report_spec(spec, error, error.data["pointer"])
            return self.instantiate(spec)
        key = key_of(spec)
        cached = None if key is None else self.layer_cache.get(key)
        if cached is not None and headers.is_plain_use(spec):
            twin = cached.copy_for(spec, self)
            if twin is not None:
                return twin
        reported = len(self.problems)
        layer = self.make_validated(spec)
        if key is not None and cached is None and len(self.problems) == reported and not layer.failed:
            layer.cache_entry = self.layer_cache[key] = CachedLayer(layer)
        return layer

    def make_validated(self, spec: LayerSpec) -> Layer:
        """Create a Keras 3 layer after checking its header."""
        if headers.is_plain(spec):
            return self.instantiate(spec)
        found = list(headers.check(spec))
        for error in found:
            self.report_spec(spec, error, error.data.get("pointer"))
        layer = self.instantiate(spec)
        layer.failed = layer.failed or any("pointer" in error.data for error in found)  # it cannot be called
        return layer

    def instantiate(self, spec: LayerSpec) -> Layer:
        """Create the layer for a spec after checking its arguments."""
        if spec.model is not None:
            return self.nested_model(spec, self)
        operation = spec.is_operation
        cls = registry.find_operation(spec.module, spec.class_name) if operation else registry.find(spec.class_name)
        if self.descriptions and (cls is None or spec.class_name == "Lambda"):
            from lstmlint.layers.user_defined import DescribedLayer, description_of

            description = description_of(spec.class_name, self.descriptions)
            if description is not None:
                described = DescribedLayer(spec, self, description)
                described.stands_for = cls
                return described
        if cls is None and "source_weights" in spec.config:
            from lstmlint.layers.user_defined import ProgramLayer

            return ProgramLayer(spec, self)
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
                refused = {reported.argument for reported in errors if reported.severity in (None, "error")}
                if error.argument is None or error.argument not in refused:
                    self.report_spec(spec, error)
            except (RecursionError, UsageError, MemoryError):
                raise
            except Exception as error:  # noqa: BLE001 - as in apply
                self.report_spec(spec, _defect(spec, error))
        broken = UnknownLayer(spec, self)
        broken.known, broken.failed, broken.stands_for = True, True, cls
        return broken

    def report_unknown(self, spec: LayerSpec) -> None:
        """Report E004 for an unknown class. Keras refuses unknown names of its own; others may be custom."""
        ours = spec.is_operation or (
            str(spec.module).partition(".")[0] == "keras" and spec.registered_name in (None, spec.class_name)
        )
        from lstmlint.inference import unknown_classes

        name = spec.written_class or spec.class_name
        if self.dialect == "keras3" and headers.lacks_module(spec):
            message = (
                f"{show(name)} is an operation, and the file does not record its module; Keras raises a ValueError"
            )
            advice = "Save the model in the .keras format: HDF5 files cannot hold operations."
            self.report_spec(spec, LayerError("E004", message, advice, severity="error"))
            return
        if ours:
            close = unknown_classes.suggestion(spec.class_name, 0.6)
            advice = f"Did you mean {close}?" if close else "Use the name of a built-in Keras layer."
            message = f"{show(name)} is not a built-in Keras layer; Keras cannot load it"
            self.report_spec(spec, LayerError("E004", message, advice, severity="error"))
            return
        error = LayerError(
            "E004",
            f"{show(name)} is not a built-in Keras layer: {unknown_classes.CUSTOM_OBJECTS}",
            unknown_classes.advice(spec.class_name),
        )
        error.data["unknown_class"] = spec.class_name
        self.report_spec(spec, error)

    def report_model_class(self, model: ModelSpec) -> None:
        """Report E004 for the class of a model that is not one of Keras's. It may be a subclass."""
        from lstmlint.model.suggestions import close_match

        close = close_match(model.class_name, MODEL_CLASSES, 0.85)
        message = f"{show(model.class_name)} is not a built-in Keras model: it loads only with custom_objects"
        advice = f"Did you mean {close}?" if close else "lstmlint analyzes only its layers, not its code."
        self.problems.append(Problem("E004", message, advice, pointer=f"{model.pointer}/class_name"))

    def bind_input(self, name: str, shape: Shape) -> Shape:
        """Return an input's shape with the user's dimensions. Nested models keep their own."""
        return shape if self.depth else self.bindings.bind(name, shape)

    def report(self, layer: Layer, error: LayerError) -> None:
        """Report an error in a layer."""
        self.report_spec(layer.spec, error)

    def report_spec(self, spec: LayerSpec, error: LayerError, pointer: str | None = None) -> None:
        """Report an error in the layer of a spec."""
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
        """Call a layer and return its outputs, None if they are unknown."""
        if layer.failed:
            return None
        self.calls_left -= 1
        check_time()
        if self.calls_left < 0:
            if self.calls_left == -1:
                self.report(
                    layer, LayerError("E010", f"nested models are called more than {plural(current().calls, 'time')}")
                )
            return None
        cached = layer.cache_entry
        signature = None if cached is None or layer.built or kwargs else signature_of(layer.spec, args)
        if signature is not None and (known := cached.restore_call(layer, signature)) is not None:
            return known
        reported = len(self.problems)
        try:
            outputs = layer.apply(args, kwargs)
            for tensor in tensors_in(outputs):
                if tensor.shape is not None and too_large(tensor.shape):
                    raise absurd(f"an output of {layer.class_name} {show(layer.name)}")
            if signature is not None and len(self.problems) == reported:
                cached.store_call(layer, signature, outputs)
            return outputs
        except LayerError as error:
            if self.unchecked and error.code in ("S101", "S134"):
                error.at_run_time()
                self.report(layer, error)
                return None
            self.report(layer, error)
        except UnknownShape:
            return None
        except (RecursionError, UsageError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours must not hide the rest of the report
            self.report(layer, _defect(layer.spec, error))
        if not layer.built:
            layer.weights_known = False
        layer.failed = True
        return None


def _defect(spec: LayerSpec, error: Exception) -> LayerError:
    """Return an internal error as a layer error."""
    message = f"internal error in {spec.class_name}: {type(error).__name__}: {error}"
    return LayerError("E099", message, "Please report this with the file.")


def in_old_words(spec: LayerSpec, error: LayerError) -> str:
    """Use the file's name of the argument that an error is about."""
    written = spec.renamed.get(error.argument or "")
    if written is None or written in error.message.replace("'", " ").split():
        return ""
    return f" ({error.argument} is {show(written)} in this file)"

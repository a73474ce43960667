"""Numbers that are no count gone wrong but a count of something else: a part, the bytes, the optimizer's too."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.explaining.arithmetic import amount
from lstmlint.explaining.expectations import Match
from lstmlint.explaining.explanation import Explanation, LayerExplanation, WeightExplanation
from lstmlint.explaining.recipes import COMMON, ODD, RARE, USUAL
from lstmlint.inference.summary import ModelSummary

Found = Iterator[tuple[int, Match]]

# What the optimizers of Keras 3 keep: for each trainable parameter, and of their own (the step, the learning rate
# unless a schedule gives it, Nadam's product).
OPTIMIZERS = (
    (2, 2, "Adam", COMMON),
    (1, 2, "RMSprop, or SGD with momentum", USUAL),
    (0, 2, "plain SGD", RARE),
    (2, 3, "Nadam", RARE),
    (2, 1, "Adam with a learning rate schedule", RARE),
    (3, 2, "Adam with amsgrad or use_ema", RARE),
)
_BYTES = "That is how much memory the weights take."
_MACS = "That is the work of one forward pass of one sample. Parameters are counted once, however often they are used."


def others(explanation: Explanation, layers: list[LayerExplanation], total: int | None) -> Found:
    """Everything else that there is to count: in each layer, and in the model where its total is asked for."""
    for layer in layers:
        yield from of_layer(layer)
    model = explanation.model
    if total is None or model is None:
        return
    yield from of_optimizer(model)
    if len(layers) == 1:  # its count and the total are one
        return
    for layer in explanation.layers:
        yield from of_part(layer, total)
    yield from left_out(explanation.layers, total)
    yield from of_training(total, model.trainable_params, "total", [])
    if model.weight_bytes != total:
        sums = f"{amount(total)} parameters take {amount(model.weight_bytes)} bytes"
        yield whole(model.weight_bytes, "bytes", "bytes, not parameters", _BYTES, sums, USUAL)
    if model.macs:
        sums = f"{amount(model.macs)} multiply-accumulates"
        yield whole(model.macs, "macs", "multiplications, not parameters", _MACS, sums, RARE)


def whole(
    value: int, key: str, title: str, text: str, sums: str, rank: int, names: list[str] | None = None
) -> tuple[int, Match]:
    """A number for the whole model."""
    return value, Match("total", names or [], [key], title, text, sums, (1, rank))


def of_part(layer: LayerExplanation, total: int) -> Found:
    """One layer too often, or one that does not count."""
    row, count = layer.row, layer.params
    if not count or row is None:
        return
    if not row.used:
        yield whole(
            total + count,
            "unused-counted",
            "a layer counted that Keras drops",
            "The model's outputs do not depend on that layer, so Keras drops it.",
            f"{amount(total)} + {amount(count)} = {amount(total + count)}",
            COMMON,
            [layer.path],
        )
    elif row.calls > 1:
        more = count * (row.calls - 1)
        yield whole(
            total + more,
            "shared-counted-again",
            "a shared layer counted again",
            f"The layer is called {row.calls} times and was counted {row.calls} times. It owns its weights once.",
            f"{amount(total)} + {row.calls - 1} · {amount(count)} = {amount(total + more)}",
            COMMON,
            [layer.path],
        )
    elif layer.is_model:
        yield whole(
            total + count,
            "nested-counted-again",
            "a nested model counted twice",
            "It adds the layers inside the model to the model's own row, which is their sum.",
            f"{amount(total)} + {amount(count)} = {amount(total + count)}",
            COMMON,
            [layer.path],
        )


def left_out(layers: list[LayerExplanation], total: int) -> Found:
    """The total without a layer, or without all layers of a class."""
    classes: dict[str, list[tuple[str, int]]] = {}
    for layer in layers:
        if layer.params and layer.params != total and (layer.row is None or layer.row.used):
            classes.setdefault(layer.class_name, []).append((layer.path, layer.params))
            yield whole(
                total - layer.params,
                "layer-left-out",
                "a layer left out",
                "It is the total without that layer.",
                f"{amount(total)} − {amount(layer.params)} = {amount(total - layer.params)}",
                USUAL,
                [layer.path],
            )
    for name, members in classes.items():
        count = sum(params for _, params in members)
        if len(members) > 1 and count < total:
            yield whole(
                total - count,
                "class-left-out",
                f"every {name} left out",
                f"It is the total without its {len(members)} layers of the class {name}.",
                f"{amount(total)} − {amount(count)} = {amount(total - count)}",
                USUAL,
                [path for path, _ in members],
            )


def of_optimizer(model: ModelSummary) -> Found:
    """The total as the summary of a compiled model of Keras 3 has it."""
    trained = model.trainable_params
    for slots, own, name, rank in OPTIMIZERS if trained else ():
        number = model.params + slots * trained + own
        kept = f"{slots} for each of the {amount(trained)} trainable parameters and {own}" if slots else f"{own}"
        product = f"{slots} · {amount(trained)} + " if slots else ""
        yield whole(
            number,
            "optimizer-counted",
            "the optimizer's variables counted too",
            f"Keras 3's summary of a compiled model adds what the optimizer keeps: {kept} of its own, as {name} has."
            " They are no parameters of the model.",
            f"{amount(model.params)} + {product}{own} = {amount(number)}",
            rank,
        )


def of_layer(layer: LayerExplanation) -> Found:
    """What else there is to count in one layer."""
    count, row, names = layer.params, layer.row, [layer.path]
    if count is None:
        return
    if layer.trainable_params is not None:
        yield from of_training(count, layer.trainable_params, "layer", names)
    sizes: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
    for name, weight in all_weights(layer):
        sizes.setdefault(weight.params, []).append((name, weight.shape))
    for size, weights in sizes.items():
        if size != count:
            text = f"It is the size of {' or '.join(name for name, _ in weights)} alone."
            name, shape = weights[0]
            sums = f"{name}: {'·'.join(map(str, shape))} = {amount(size)}"
            yield size, Match("layer", names, ["one-weight-only"], "one weight only", text, sums, (1, RARE))
    if row is None:
        return
    size = sum(weight.bytes for weight in row.weights)
    if size != count:
        sums = f"{amount(count)} parameters take {amount(size)} bytes"
        yield size, Match("layer", names, ["bytes"], "bytes, not parameters", _BYTES, sums, (1, RARE))
    if row.macs:
        sums = f"{amount(row.macs)} multiply-accumulates"
        yield row.macs, Match("layer", names, ["macs"], "multiplications, not parameters", _MACS, sums, (1, ODD))


def of_training(params: int, trainable: int, scope: str, names: list[str]) -> Found:
    """The trained parameters only, or those that are not."""
    frozen = params - trainable
    if not frozen or not trainable:
        return
    for key, word, kept, missing, how, rank in (
        ("trainable-only", "trainable", trainable, frozen, "are not trained", COMMON),
        ("non-trainable-only", "non-trainable", frozen, trainable, "are trained", USUAL),
    ):
        text = f"It leaves out the {amount(missing)} parameters that {how}."
        sums = f"{amount(params)} − {amount(missing)} = {amount(kept)}"
        yield kept, Match(scope, names, [key], f"{word} parameters only", text, sums, (1, rank))


def all_weights(layer: LayerExplanation, prefix: str = "") -> Iterator[tuple[str, WeightExplanation]]:
    """The weights of a layer and of those inside it, by name."""
    for weight in layer.weights:
        yield prefix + weight.name, weight
    for part in layer.parts:
        yield from all_weights(part, f"{prefix}{part.name}/" if len(layer.parts) > 1 else prefix)

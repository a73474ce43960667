"""Numbers that count something else: a part of the model, bytes, multiplications, the optimizer's variables."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.explaining.arithmetic import amount
from lstmlint.explaining.expectations import Match
from lstmlint.explaining.explanation import Explanation, LayerExplanation, WeightExplanation
from lstmlint.explaining.language import counted, marked, text
from lstmlint.explaining.mistakes import COMMON, ODD, RARE, USUAL
from lstmlint.inference.summary import ModelSummary

Found = Iterator[tuple[int, Match]]

# Variables of Keras 3 optimizers: per trainable parameter, and in all (the step, the learning rate unless a schedule
# sets it, Nadam's product); the optimizer; its rank.
OPTIMIZERS = (
    (2, 2, marked("Adam"), COMMON),
    (1, 2, marked("RMSprop, or SGD with momentum"), USUAL),
    (0, 2, marked("plain SGD"), RARE),
    (2, 3, marked("Nadam"), RARE),
    (2, 1, marked("Adam with a learning rate schedule"), RARE),
    (3, 2, marked("Adam with amsgrad or use_ema"), RARE),
)
_BYTES = marked("This is the memory that the weights take.")
_MACS = marked(
    "These are the multiply-accumulates of one forward pass of one sample. A parameter counts once, however often it is"
    " used."
)


def others(explanation: Explanation, layers: list[LayerExplanation], total: int | None) -> Found:
    """Yield everything else that can be counted: in each layer, and in the model if `total` is not None."""
    for layer in layers:
        yield from of_layer(layer)
    model = explanation.model
    if total is None or model is None:
        return
    yield from of_optimizer(model)
    if len(layers) == 1:  # the count of the only layer is the total
        return
    for layer in explanation.layers:
        yield from of_part(layer, total)
    yield from left_out(explanation.layers, total)
    yield from of_training(total, model.trainable_params, "total", [])
    if model.weight_bytes != total:
        yield whole(model.weight_bytes, *in_bytes(total, model.weight_bytes), USUAL)
    if model.macs:
        yield whole(model.macs, *in_macs(model.macs), RARE)


def in_bytes(params: int, size: int) -> tuple[str, str, str, str]:
    """Return the key, title, text, and arithmetic of a number of bytes."""
    sums = counted(
        "{params} parameter takes {bytes} bytes",
        "{params} parameters take {bytes} bytes",
        params,
        params=amount(params),
        bytes=amount(size),
    )
    return "bytes", text("bytes, not parameters"), text(_BYTES), sums


def in_macs(macs: int) -> tuple[str, str, str, str]:
    """Return the key, title, text, and arithmetic of a number of multiply-accumulates."""
    sums = counted("{number} multiply-accumulate", "{number} multiply-accumulates", macs, number=amount(macs))
    return "macs", text("multiplications, not parameters"), text(_MACS), sums


def whole(
    value: int, key: str, title: str, text: str, sums: str, rank: int, names: list[str] | None = None
) -> tuple[int, Match]:
    """Return a number for the whole model."""
    return value, Match("total", names or [], [key], title, text, sums, (1, rank))


def of_part(layer: LayerExplanation, total: int) -> Found:
    """Yield the total with a layer counted too often, or a layer that does not count."""
    row, count = layer.row, layer.params
    if not count or row is None:
        return
    if not row.used:
        yield whole(
            total + count,
            "unused-counted",
            text("a layer that Keras drops counted"),
            text("The model's outputs do not depend on this layer, so Keras drops it."),
            f"{amount(total)} + {amount(count)} = {amount(total + count)}",
            COMMON,
            [layer.path],
        )
    elif row.calls > 1:
        more = count * (row.calls - 1)
        yield whole(
            total + more,
            "shared-counted-again",
            text("a shared layer counted again"),
            text(
                "The layer is called {calls} times and counted as often, but its weights exist once.", calls=row.calls
            ),
            f"{amount(total)} + {row.calls - 1} · {amount(count)} = {amount(total + more)}",
            COMMON,
            [layer.path],
        )
    elif layer.is_model:
        yield whole(
            total + count,
            "nested-counted-again",
            text("a nested model counted twice"),
            text("The layers of the nested model are added to its own row, which is their sum already."),
            f"{amount(total)} + {amount(count)} = {amount(total + count)}",
            COMMON,
            [layer.path],
        )


def left_out(layers: list[LayerExplanation], total: int) -> Found:
    """Yield the total without a layer, and without all layers of a class."""
    classes: dict[str, list[tuple[str, int]]] = {}
    for layer in layers:
        if layer.params and layer.params != total and (layer.row is None or layer.row.used):
            classes.setdefault(layer.class_name, []).append((layer.path, layer.params))
            yield whole(
                total - layer.params,
                "layer-left-out",
                text("a layer left out"),
                text("This is the total without the layer."),
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
                text("every {class_name} left out", class_name=name),
                text(
                    "This is the total without the {count} layers of class {class_name}.",
                    count=len(members),
                    class_name=name,
                ),
                f"{amount(total)} − {amount(count)} = {amount(total - count)}",
                USUAL,
                [path for path, _ in members],
            )


def of_optimizer(model: ModelSummary) -> Found:
    """Yield the total as Keras 3 prints it for a compiled model."""
    trained = model.trainable_params
    for slots, own, name, rank in OPTIMIZERS if trained else ():
        number = model.params + slots * trained + own
        kept = f"{own}"
        if slots:
            kept = text(
                "{slots} per trainable parameter ({trained}) plus {own}", slots=slots, trained=amount(trained), own=own
            )
        product = f"{slots} · {amount(trained)} + " if slots else ""
        yield whole(
            number,
            "optimizer-counted",
            text("the optimizer's variables counted too"),
            text(
                "For a compiled model, Keras 3's summary adds the variables of the optimizer: {kept} for {optimizer}. They"
                " are not parameters of the model.",
                kept=kept,
                optimizer=text(name),
            ),
            f"{amount(model.params)} + {product}{own} = {amount(number)}",
            rank,
        )


def of_layer(layer: LayerExplanation) -> Found:
    """Yield everything else that can be counted in one layer."""
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
            why = text("This is the size of {names} alone.", names=text(" or ").join(name for name, _ in weights))
            name, shape = weights[0]
            sums = f"{name}: {'·'.join(map(str, shape))} = {amount(size)}"
            yield size, Match("layer", names, ["one-weight-only"], text("one weight only"), why, sums, (1, RARE))
    if row is None:
        return
    size = sum(weight.bytes for weight in row.weights)
    if size != count:
        key, title, why, sums = in_bytes(count, size)
        yield size, Match("layer", names, [key], title, why, sums, (1, RARE))
    if row.macs:
        key, title, why, sums = in_macs(row.macs)
        yield row.macs, Match("layer", names, [key], title, why, sums, (1, ODD))


def of_training(params: int, trainable: int, scope: str, names: list[str]) -> Found:
    """Yield the count of the trainable and of the non-trainable parameters."""
    frozen = params - trainable
    if not frozen or not trainable:
        return
    without = amount(frozen)
    why = text("The parameters that are not trainable are left out: {number}.", number=without)
    sums = f"{amount(params)} − {without} = {amount(trainable)}"
    yield trainable, Match(scope, names, ["trainable-only"], text("trainable parameters only"), why, sums, (1, COMMON))
    without = amount(trainable)
    why = text("The parameters that are trainable are left out: {number}.", number=without)
    sums = f"{amount(params)} − {without} = {amount(frozen)}"
    title = text("non-trainable parameters only")
    yield frozen, Match(scope, names, ["non-trainable-only"], title, why, sums, (1, USUAL))


def all_weights(layer: LayerExplanation, prefix: str = "") -> Iterator[tuple[str, WeightExplanation]]:
    """Yield the weights of a layer and of the layers inside it, with their names."""
    for weight in layer.weights:
        yield prefix + weight.name, weight
    for part in layer.parts:
        yield from all_weights(part, f"{prefix}{part.name}/" if len(layer.parts) > 1 else prefix)

"""The variables that Keras 3's optimizer keeps for a model that is compiled when it is loaded."""

from __future__ import annotations

from typing import Any

from lstmlint.inference.summary import ModelSummary

# Variables per trainable weight, of its shape; options that add one each. Adafactor and Muon depend on each weight's
# shape and are left out.
SLOTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "SGD": (0, ("momentum",)),
    "RMSprop": (1, ("momentum", "centered")),
    "Adam": (2, ("amsgrad",)),
    "AdamW": (2, ("amsgrad",)),
    "Nadam": (2, ()),
    "Adamax": (2, ()),
    "Adagrad": (1, ()),
    "Adadelta": (2, ()),
    "Ftrl": (2, ()),
    "Lion": (1, ()),
    "Lamb": (2, ()),
}
# Further variables of one number, besides `iteration` and `learning_rate`.
SCALARS = {"Nadam": 1}  # u_product
EVERY_OPTIMIZER = ("use_ema", "gradient_accumulation_steps")
BY_NAME = {name.lower(): name for name in SLOTS}


def optimizer_params(model: ModelSummary) -> int | None:
    """Return the numbers that the optimizer of `compile_config` keeps, as `model.summary()` of Keras 3 counts them.

    None without an optimizer, and where the number depends on something unknown.
    """
    written = (model.spec.compile_config or {}).get("optimizer")
    if model.spec.dialect != "keras3" or not model.complete or not written:
        return None
    name, config = (written, {}) if isinstance(written, str) else (written.get("class_name"), written.get("config"))
    return count(BY_NAME.get(str(name).lower(), str(name)), config, model.trainable_params)


def count(name: str, config: Any, trainable: int) -> int | None:
    """Return the numbers of an optimizer's variables for some trainable parameters."""
    if not isinstance(config, dict):
        return None
    if name == "LossScaleOptimizer":  # its own iteration, learning rate, step counter and scale
        inner = config.get("inner_optimizer")
        inside = count(inner.get("class_name", ""), inner.get("config"), trainable) if isinstance(inner, dict) else None
        return None if inside is None else inside + 4
    if name not in SLOTS:
        return None
    slots, options = SLOTS[name]
    slots += sum(bool(config.get(option)) for option in (*options, *EVERY_OPTIMIZER))
    rate = not isinstance(config.get("learning_rate"), dict)  # a schedule is not a variable
    return 1 + rate + SCALARS.get(name, 0) + slots * trainable

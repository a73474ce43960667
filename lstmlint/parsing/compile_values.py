"""Accepted values for arguments of optimizers, schedules, losses, and metrics that Keras 3 checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lstmlint.model.values import show

POLICIES = ("DTypePolicy", "FloatDTypePolicy", "Quantized", "Int4", "GPTQ", "AWQ")
QUANTIZED = ("int8_from_", "int4_from_", "float8_from_")
DTYPES = frozenset(
    "float32 int32 bool int64 float16 bfloat16 float64 uint8 uint16 uint32 uint64 int16 string complex64 complex128 int"
    " mixed_float16 mixed_bfloat16".split()
)


class Check(NamedTuple):
    """The values that an argument accepts, and their description after "Keras takes"."""

    accepts: Callable[[Any], bool]
    wants: str


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _is_class_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def _is_rate(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, dict) and "class_name" in value)


def _is_dtype(value: Any) -> bool:
    if isinstance(value, dict):
        config = value.get("config")
        mapped = value.get("class_name") == "DTypePolicyMap" and isinstance(config, dict) and "policy_map" in config
        return mapped or str(value.get("class_name")).startswith(POLICIES)
    return not value or (isinstance(value, str) and (value in DTYPES or value.startswith(QUANTIZED)))


def _are_thresholds(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return value is None or all(_is_number(item) and 0 <= item <= 1 for item in items)


def _above(bound: float) -> Callable[[Any], bool]:
    return lambda value: _is_number(value) and value > bound


def _within(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: _is_number(value) and low <= value <= high


def _one_of(*words: str | None) -> Check:
    shown = ", ".join("null" if word is None else f'"{word}"' for word in words)
    return Check(lambda value: value in words, f"one of {shown}")


POSITIVE = Check(_above(0), "a number above 0")
SHARE = Check(_within(0, 1), "a number from 0 to 1")
CHECKS: dict[str, dict[str, Check]] = {
    "optimizer": {
        "learning_rate": Check(_is_rate, "a number with a decimal point, or a learning rate schedule"),
        "gradient_accumulation_steps": Check(
            lambda value: not value or (_is_number(value) and value >= 2), "null, or an integer of at least 2"
        ),
        "inner_optimizer": Check(lambda value: isinstance(value, dict), "an optimizer as an object"),
    },
    "learning rate schedule": {"decay_steps": POSITIVE, "first_decay_steps": POSITIVE},
    "loss": {
        "dtype": Check(_is_dtype, "the name of a dtype"),
        "reduction": _one_of("mean", "sum", "none", "mean_with_sample_weight", "sum_over_batch_size", None),
    },
    "metric": {
        "dtype": Check(_is_dtype, "the name of a dtype"),
        "name": Check(lambda value: isinstance(value, str | None), "a string"),
        "num_classes": Check(_is_class_count, "an integer that is not negative"),
        "num_regressors": Check(_above(-1), "a number that is not negative"),
        "thresholds": Check(_are_thresholds, "null, or numbers from 0 to 1"),
        "num_thresholds": POSITIVE,
        "recall": SHARE,
        "precision": SHARE,
        "specificity": SHARE,
        "sensitivity": SHARE,
        "class_aggregation": _one_of(None, "uniform_average", "variance_weighted_average"),
    },
}
_SCORE = {
    "average": _one_of(None, "micro", "macro", "weighted"),
    "threshold": Check(
        lambda value: value is None or (isinstance(value, float) and value > 0), "null, or a float above 0"
    ),
    "beta": Check(lambda value: isinstance(value, float) and value > 0, "a float above 0"),
}
# Classes that accept other values for an argument.
OF_CLASS: dict[str, dict[str, Check]] = {
    "AdamW": {"weight_decay": Check(lambda value: value is not None, "a number")},
    "SGD": {"momentum": Check(lambda value: isinstance(value, float) and 0 <= value <= 1, "a float from 0 to 1")},
    "Lion": {"beta_1": Check(lambda value: _is_number(value) and 0 < value <= 1, "a number above 0, at most 1")},
    "AUC": {
        "num_thresholds": Check(_above(1), "an integer above 1"),
        "thresholds": Check(
            lambda value: value is None or (isinstance(value, list) and all(map(_is_number, value))),
            "null, or a list of numbers",
        ),
    },
    "F1Score": _SCORE,
    "FBetaScore": _SCORE,
}


def pairs_wrong(class_name: str, config: dict[str, Any]) -> tuple[str, str] | None:
    """Return (argument, message) for arguments that contradict each other."""
    clips = [name for name in ("clipnorm", "clipvalue", "global_clipnorm") if config.get(name) is not None]
    if len(clips) > 1:
        return clips[1], f"{class_name} has both {clips[0]} and {clips[1]}; Keras takes one of them"
    if config.get("use_ema") and not SHARE.accepts(config.get("ema_momentum", 0.99)):
        return (
            "ema_momentum",
            f"ema_momentum of {class_name} is {show(config['ema_momentum'])}; Keras takes {SHARE.wants}",
        )
    if class_name == "PiecewiseConstantDecay":
        boundaries, values = config.get("boundaries"), config.get("values")
        fits = isinstance(boundaries, list) and isinstance(values, list) and len(values) == len(boundaries) + 1
        if not fits and boundaries is not None and values is not None:
            return "values", "PiecewiseConstantDecay needs a list of boundaries, and of values one more"
    return None

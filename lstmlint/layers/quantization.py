"""The weights of layers with LoRA or quantization: Dense, EinsumDense, Embedding, ReversibleEmbedding.

A quantized layer has a dtype policy such as "int8_from_float32", or an object that means the same: `build` then creates
integers and scales in place of floats. LoRA (Hu et al. 2021) freezes the kernel and adds two narrow matrices. Keras
lists
the weights that were created as trainable first, and so does this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from lstmlint.layers.base import Layer, LayerError, Weight
from lstmlint.layers.weights import QUANTIZATION_MODES
from lstmlint.model.values import show

GPTQ_BITS = (2, 3, 4, 8)


class Policy(NamedTuple):
    """A quantized dtype policy.

    mode: one of QUANTIZATION_MODES.
    size: int4's block size, gptq's and awq's group size; -1 for a single group, None if the policy does not state it.
    bits: of gptq and awq.
    history: the number of maxima that float8 stores.
    """

    mode: str
    size: int | None = None
    bits: int | None = None
    history: int = 1024


def refused(message: str) -> LayerError:
    """Return the error for a dtype policy that Keras does not accept."""
    return LayerError(
        "P609",
        f"{message}; Keras raises an error",
        'Use "float32", "mixed_bfloat16", or a quantized policy such as "int8_from_float32" or'
        ' "int4/128_from_float32".',
        "dtype",
    )


def policy_of(dtype: Any, path: str) -> Policy | None:
    """Return the quantized policy of a layer's `dtype`, or None if it is not quantized.

    path: the layer's path within its outermost layer ("attention/query"), for a DTypePolicyMap.

    Raises: LayerError P609 for a quantized policy that Keras refuses.
    """
    if isinstance(dtype, str):
        return _policy_of_name(dtype) if dtype.startswith(QUANTIZATION_MODES) else None
    if not isinstance(dtype, dict) or not isinstance(dtype.get("config"), dict):
        return None
    config = dtype["config"]
    class_name = dtype.get("class_name")
    if class_name == "DTypePolicyMap":
        return policy_of(policy_at(dtype, path), path)
    mode = config.get("mode")
    if class_name in ("DTypePolicy", "FloatDTypePolicy") or "mode" not in config:
        return None
    if not isinstance(mode, str):
        raise refused(f"the quantization mode {show(mode)} is not a string")
    source = config.get("source_name") or "float32"
    history = config.get("amax_history_length", 1024)
    if not isinstance(history, int):
        raise refused(f"amax_history_length is {show(history)}")
    return _policy(mode, str(source), history, strict=class_name == "QuantizedDTypePolicy")


def policy_at(dtype: Any, path: str) -> Any:
    """Return a layer's `dtype`; for a DTypePolicyMap, its entry for the path ("attention/query")."""
    if not isinstance(dtype, dict) or dtype.get("class_name") != "DTypePolicyMap":
        return dtype
    config = dtype.get("config")
    if not isinstance(config, dict):
        return None
    policies = config.get("policy_map")
    if isinstance(policies, dict):
        if path in policies:
            return policies[path]
        for pattern, policy in policies.items():
            try:
                if re.fullmatch(pattern, path):
                    return policy
            except re.error:
                continue
    return config.get("default_policy")


def _policy_of_name(name: str) -> Policy:
    mode, found, source = name.partition("_from_")
    if not found or "_from_" in source:
        raise refused(f"the dtype {show(name)} does not name the policy that it quantizes")
    return _policy(mode, source, 1024, strict=mode in ("int4", "int8"))


def _policy(mode: str, source: str, history: int, *, strict: bool) -> Policy:
    """Return a policy from its text. strict: the mode has no sizes, which int4, gptq and awq otherwise add."""
    base, *sizes = mode.split("/")
    if base not in QUANTIZATION_MODES:
        raise refused(f"the quantization mode {show(mode)} is not one of {', '.join(QUANTIZATION_MODES)}")
    if base == "int8" and source in ("float16", "mixed_float16"):
        raise refused("int8 quantization does not support float16")
    if strict or base in ("int8", "float8"):
        if sizes:
            raise refused(f"the quantization mode {show(mode)} is not one of {', '.join(QUANTIZATION_MODES)}")
        return Policy(base, None, None, history)
    form = "int4/<block size>" if base == "int4" else f"{base}/<bits>/<group size>"
    try:
        numbers = [int(size) for size in sizes]
    except ValueError:
        numbers = []
    if len(numbers) != form.count("/"):
        raise refused(f"the quantization mode {show(mode)} is not of the form {form}")
    size = numbers[-1]
    if size < -1 or size == 0:
        raise refused(f"{show(mode)} has the size {size}, which is neither -1 nor a positive integer")
    if base != "int4" and numbers[0] not in (GPTQ_BITS if base == "gptq" else (4,)):
        raise refused(f"{show(mode)} has {numbers[0]} bits, which {base} does not support")
    return Policy(base, size, None if base == "int4" else numbers[0], history)


def _with_config(policy: Policy, given: Any) -> Policy:
    """Return the policy with the sizes of the layer's `quantization_config`, which take precedence."""
    class_name = given.get("class_name") if isinstance(given, dict) else None
    config = given.get("config") if isinstance(given, dict) else None
    if not isinstance(config, dict):
        return policy
    if policy.mode == "int4" and class_name == "Int4QuantizationConfig":
        size = config.get("block_size")
        return policy._replace(size=size if isinstance(size, int) else None)
    if (policy.mode, class_name) in (("gptq", "GPTQConfig"), ("awq", "AWQConfig")):
        return policy._replace(size=config.get("group_size", 128), bits=config.get("weight_bits", 4))
    return policy


def quantized_weights(
    layer: Layer,
    plain: Iterable[Weight],
    *,
    scale: tuple[int, ...] | None = None,
    packed: tuple[int, int] | None = None,
    grouped: tuple[int, int] | None = None,
    zero: str = "kernel_zero",
) -> list[Weight]:
    """Return the weights of a layer with a kernel, in Keras's order, after quantization and LoRA.

    plain: kernel and perhaps bias.
    scale: shape of int8's kernel_scale; by default, the units.
    packed, grouped: the kernel as a matrix (rows, columns), for int4, and for gptq and awq; by default, the kernel.
    zero: the name that gptq and awq give the zero points.

    Raises: LayerError P609, or E007 if Keras refuses the combination.
    """
    kernel, *rest = plain
    policy = layer_policy(layer)
    mode = policy.mode if policy else None
    built: list[Weight] = []
    if policy is None:
        built.append(kernel)
    elif mode == "int8":
        built.append(layer.weight("kernel", kernel.shape, False, "int8"))
        built.append(layer.weight("kernel_scale", kernel.shape[1:] if scale is None else scale, False))
    elif mode == "int4":
        built += _int4(layer, policy, kernel._replace(shape=packed or kernel.shape))
    elif mode == "float8":
        for name in ("inputs", "kernel", "outputs_grad"):
            built.append(layer.weight(f"{name}_scale", (), True, "float32"))
            built.append(layer.weight(f"{name}_amax_history", (policy.history,), True, "float32"))
        built.append(kernel)
    else:
        if grouped is None and len(kernel.shape) != 2:
            raise refused(f"{mode} quantizes kernels with two or three axes, but this one has the shape {kernel.shape}")
        rows, columns = grouped or (kernel.shape[0], kernel.shape[1])
        built += _grouped(layer, policy, rows, columns, zero)
    return with_lora(layer, [*built, *rest], kernel, mode)


def _int4(layer: Layer, policy: Policy, matrix: Weight, *, by_row: bool = False) -> list[Weight]:
    """Return the weights of int4: two numbers per byte along the columns, and one scale per column (per row of an
    embedding) or per block of `size` along the other axis. Blocks also have zero points and an index of the groups.
    """
    name, (rows, columns) = matrix.name, matrix.shape
    weights = [layer.weight(name, (rows, (columns + 1) // 2), False, "int8")]
    kept, cut = (rows, columns) if by_row else (columns, rows)
    if policy.size is None or policy.size == -1:
        return [*weights, layer.weight(f"{name}_scale", (kept,), False)]
    groups = -(-cut // policy.size)
    shape = (kept, groups) if by_row else (groups, kept)
    return [
        *weights,
        layer.weight(f"{name}_scale", shape, False),
        layer.weight(f"{name}_zero", shape, False, "int8"),
        layer.weight("g_idx", (cut,), False, "float32"),
    ]


def _grouped(layer: Layer, policy: Policy, rows: int, columns: int, zero: str) -> list[Weight]:
    """Return the weights of gptq (Frantar et al. 2022) and awq (Lin et al. 2023): the kernel transposed, 4 bits packed."""
    if policy.size is None or (policy.bits is None and policy.mode == "gptq"):
        raise refused(f"{policy.mode} needs its bits and group size: {policy.mode}/4/128_from_float32")
    wide = (columns + 1) // 2 if policy.bits == 4 or policy.mode == "awq" else columns
    groups = 1 if policy.size == -1 else -(-rows // policy.size)
    weights = [
        layer.weight("kernel", (wide, rows), False, "uint8"),
        layer.weight("kernel_scale", (columns, groups), False),
        layer.weight(zero, (columns, groups), False, "uint8"),
    ]
    if policy.mode == "awq":
        weights.append(layer.weight("awq_scales", (rows,), False))
    return [*weights, layer.weight("g_idx", (rows,), False, "float32")]


def quantized_embeddings(layer: Layer, embeddings: Weight) -> list[Weight]:
    """Return the weights of an embedding (input_dim, output_dim) after quantization and LoRA."""
    policy = layer_policy(layer)
    if policy is None:
        built = [embeddings]
    elif policy.mode == "int8":
        built = [
            layer.weight("embeddings", embeddings.shape, False, "int8"),
            layer.weight("embeddings_scale", embeddings.shape[:1], False),
        ]
    elif policy.mode == "int4":
        built = _int4(layer, policy, embeddings, by_row=True)
    else:
        raise refused(f"{layer.class_name} cannot be quantized to {policy.mode}, only to int8 and int4")
    return with_lora(layer, built, embeddings, policy.mode if policy else None)


def quantized_reverse(layer: Layer, reverse: Weight) -> list[Weight]:
    """Return the weights of an untied reverse embedding (output_dim, input_dim)."""
    policy = layer_policy(layer)
    if policy is None:
        if layer.config.get("lora_rank"):
            raise LayerError(
                "E007",
                f"{layer.class_name} has a lora_rank and untied weights, which Keras does not support together: it has closed"
                " the layer's list of weights when it comes to the second table",
                "Remove lora_rank, or set tie_weights to true.",
                "lora_rank",
            )
        return [reverse]
    rows, columns = reverse.shape
    if policy.mode == "int8":
        return [
            layer.weight(reverse.name, reverse.shape, False, "int8"),
            layer.weight(f"{reverse.name}_scale", (columns,), False),
        ]
    # Keras packs this one along its rows, and shares the index of the groups with the embedding.
    one_scale = policy.size is None or policy.size == -1
    shape = (columns,) if one_scale else (-(-rows // (policy.size or 1)), columns)
    weights = [
        layer.weight(reverse.name, ((rows + 1) // 2, columns), False, "int8"),
        layer.weight(f"{reverse.name}_scale", shape, False),
    ]
    return weights if one_scale else [*weights, layer.weight(f"{reverse.name}_zero", shape, False)]


def layer_policy(layer: Layer) -> Policy | None:
    """Return the quantized policy of a layer, including its quantization_config; None if it is not quantized."""
    if layer.context.dialect != "keras3":
        return None
    policy = policy_of(layer.spec.dtype, layer.name)
    return None if policy is None else _with_config(policy, layer.config.get("quantization_config"))


def in_order(weights: Iterable[Weight]) -> list[Weight]:
    """Return the weights in Keras's order: those created as trainable first."""
    return sorted(weights, key=lambda weight: not weight.trainable)


def with_lora(layer: Layer, weights: list[Weight], kernel: Weight, mode: str | None) -> list[Weight]:
    """Return the weights in Keras's order with the two of `lora_rank`. Besides them, only the bias stays trainable.

    Raises: LayerError E007 if Keras refuses LoRA here.
    """
    rank = layer.config.get("lora_rank")
    if not rank:
        return in_order(weights)
    name = kernel.name
    if not isinstance(rank, int) or rank < 0:
        why = "which is not a positive integer"
    elif layer.config.get(f"{name}_constraint"):
        why = f"and a {name}_constraint, which Keras does not support together"
    elif mode in ("gptq", "awq") or (mode == "int4" and name == "embeddings"):
        why = f"and {mode} quantization, which Keras does not support together"
    else:
        added = [
            layer.weight(f"lora_{name}_a", (*kernel.shape[:-1], rank), True, "float32"),
            layer.weight(f"lora_{name}_b", (rank, kernel.shape[-1]), True, "float32"),
        ]
        ordered = in_order([*weights, *added])
        return [weight._replace(trainable=False) if weight.name == name else weight for weight in ordered]
    raise LayerError(
        "E007", f"{layer.class_name} has the lora_rank {show(rank)}, {why}", "Remove lora_rank.", "lora_rank"
    )


__all__ = [
    "Policy", "in_order", "layer_policy", "policy_at", "policy_of", "quantized_embeddings",
    "quantized_reverse", "quantized_weights", "refused", "with_lora",
]  # fmt: skip

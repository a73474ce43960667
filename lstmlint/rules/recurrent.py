"""Group R: arguments of recurrent layers that are risky, slow, or often misunderstood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.model.findings import Problem, listing
from lstmlint.model.releases import is_before, label
from lstmlint.model.shapes import format_shape
from lstmlint.model.values import show
from lstmlint.rules.effects import activation_name, constant_initializer
from lstmlint.rules.index import index_of, row_of
from lstmlint.rules.registry import Option, refined, reported, rule, violation
from lstmlint.signatures.built import DROPOUT_ON_CUDNN


@rule(
    "R201",
    "single-timestep",
    "warning",
    features=Option(1, "the smallest number of features that is reported", least=1),
)
def single_timestep(model: ModelSummary, features: int) -> Iterator[Problem]:
    """A recurrent layer receives sequences of one timestep. Its recurrence never runs, so its recurrent kernel has no
    effect. Often timesteps and features are swapped, or a layer before it reduces the timesteps
    to one.

    Not reported: stateful layers and layers with initial states (a decoder that runs step by step), and a layer next to
    a Permute of the same input (LSTM-FCN), where the axes are deliberate.

    Fix: Give the layer windows of several timesteps, (timesteps, features), for example (13, 1) for a series of 13
    values.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 1, 13]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 1]}}]}}
    """
    single: set[int] = set()
    index = index_of(model)
    sources = {id(source): source for row, _ in index.recurrent for source in row.inbound}
    permuted = {key for key, source in sources.items() if any(row.class_name == "Permute" for row in source.consumers)}
    for row, rnn in index.recurrent:
        shape = row.input_shape
        if shape is None or len(shape) != 3 or shape[1] != 1 or shape[2] is None:
            continue
        if rnn.config.get("stateful") or rnn.config.get("return_state") or len(row.input_shapes) > 1:
            continue
        if any(id(source) in permuted for source in row.inbound):
            continue
        single.add(id(row))
        if _fed_by(row, single) or shape[2] < features:  # one finding per stack
            continue
        maker = _maker_of_single_step(row)
        made = (
            f", made by {maker.class_name} {show(maker.name)} from {format_shape(maker.input_shape)}" if maker else ""
        )
        yield violation(
            f"{row.class_name} {show(row.name)} receives {format_shape(shape)}: one timestep of"
            f" {'one feature' if shape[2] == 1 else f'{shape[2]} features'}{made}, so"
            " its recurrent kernel has no effect",
            _more_steps(row, rnn, maker),
            row.name,
            row.pointer,
        )


def _maker_of_single_step(row: LayerSummary) -> LayerSummary | None:
    """Return the layer that reduces the timesteps to one or adds the time axis; None if the model's input has one."""
    for _ in range(100):
        if len(row.inbound) != 1:
            return None
        row = row.inbound[0]
        before = row.input_shape
        if before is None or row.layer.facts.is_input or len(row.input_shapes) != 1:
            return None
        if len(before) < 3 or before[1] != 1:
            return row
    return None


def _more_steps(row: LayerSummary, rnn: Layer, maker: LayerSummary | None) -> str:
    """Return advice for a layer that receives a single timestep."""
    size, units = (row.input_shape or (None,))[-1], rnn.config.get("units")
    dense = "If there is only one timestep, a Dense needs fewer weights."
    before = maker.input_shape if maker is not None else None
    if maker is not None and before is not None and len(before) > 2 and (before[1] or 2) > 1:
        steps = f"the {before[1]} timesteps" if len(before) == 3 and before[1] else "several timesteps"
        return f"Change {show(maker.name)} so that it keeps {steps}. {dense}"
    direct = not row.inbound or row.inbound[0].layer.facts.is_input
    windows = (
        f"pass windows of several timesteps, (timesteps, {size})" if direct else "pass windows of several timesteps"
    )
    # With one feature instead of many, the kernel must not lose nearly all of its weights.
    if direct and isinstance(units, int) and size is not None and size > 1 and (units + 2) * 10 >= size + units + 1:
        return (
            f"If these are {size} timesteps of one feature, use the input shape ({size}, 1). If they are {size} features,"
            f" {windows}. {dense}"
        )
    return f"{windows[0].upper()}{windows[1:]}. {dense}"


def _fed_by(row: LayerSummary, sources: set[int]) -> bool:
    """Check whether one of `sources` feeds a layer, directly or through layers that keep the timesteps."""
    for _ in range(100):
        if len(row.inbound) != 1 or row.inbound[0].output_shape is None:
            return False
        row = row.inbound[0]
        if id(row) in sources:
            return True
        if row.output_shape is None or row.input_shape is None or row.output_shape[:2] != row.input_shape[:2]:
            return False
    return False


@refined("R203", "stateful-without-batch", "error", refines=("R203",))
def stateful_without_batch(problem: Problem, model: ModelSummary) -> Problem | None:
    """A stateful layer keeps one state per sample of the batch, so Keras needs a fixed batch size.

    Fix: Give the input a fixed batch size, or set stateful to false.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "stateful": true, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "stateful": true, "batch_input_shape": [32, 13, 5]}}]}}
    """
    row, argument = row_of(model, problem.data.get("spec")), problem.data.get("batch_argument")
    shapes = [shape for shape in model.inputs if shape is not None]
    if row is None or row not in model.layers or row.input_shape in shapes or argument is None:
        return None  # the layer's own input, which the help already names
    if len(shapes) == 1 == len(model.inputs):
        where = f"the model's input, for instance {argument} {format_shape((32, *shapes[0][1:]))}"
    else:
        where = f"the model's {len(model.inputs)} inputs with {argument}"
    return replace(problem, help=f"Set the batch size of {where}, or set stateful to false.")


reported("R206", "unroll-unknown-time", "info", raised_by="layers")(
    """A layer is unrolled over an unknown number of timesteps. tf.keras refuses it, so the finding is an error there.
    Keras 3 builds it. On TensorFlow, running the model fails if the number of timesteps is still unknown then, for
    instance after batches of several lengths. On NumPy and JAX, it runs.

    Fix: Use a fixed number of timesteps, or set unroll to false.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "unroll": true, "batch_input_shape": [null, null, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "unroll": true, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


@rule("R207", "unroll-long", "warning", timesteps=Option(100, "the largest number of timesteps that is not reported"))
def unroll_long(model: ModelSummary, timesteps: int) -> Iterator[Problem]:
    """A layer is unrolled over more than 100 timesteps. Keras copies the cell's operations for every timestep, so
    tracing can take minutes and memory grows with the number of timesteps. The results are the same.

    Fix: Set unroll to false. Unrolling pays only for short sequences.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "unroll": true, "batch_input_shape": [null, 500, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "unroll": false, "batch_input_shape": [null, 500, 5]}}]}}
    """
    for row, rnn in index_of(model).recurrent:
        shape = row.input_shape
        if rnn.config.get("unroll") and shape is not None and len(shape) > 1 and (shape[1] or 0) > timesteps:
            yield violation(
                f"{row.class_name} {show(row.name)} is unrolled over {shape[1]} timesteps; Keras copies its operations"
                f" {shape[1]} times, which costs time and memory",
                "Set unroll to false.",
                row.name,
                rnn.spec.argument_pointer("unroll"),
            )


@rule("R208", "cudnn-ineligible", "info", enabled=False)
def cudnn_ineligible(model: ModelSummary) -> Iterator[Problem]:
    """An LSTM or GRU has a setting that prevents TensorFlow from using NVIDIA's cuDNN kernel. On a GPU it falls back to
    a much slower loop. The results are the same, and nothing changes on a CPU.

    Off by default, since it matters only on such a GPU. If recurrent_dropout is the only such setting, R240 reports it.

    Fix: Use activation "tanh", recurrent_activation "sigmoid", recurrent_dropout 0, unroll false, use_bias true, and
    for a GRU reset_after true.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "use_bias": false, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "use_bias": true, "batch_input_shape": [null, 13, 5]}}]}}

    References: keras.src.backend.tensorflow.rnn: cudnn_ok
    """
    if model.spec.dialect not in ("keras2", "keras3"):
        return
    for row, rnn in index_of(model).recurrent:
        if rnn.class_name not in ("LSTM", "GRU"):
            continue
        obstacles = _cudnn_obstacles(rnn, model)
        if obstacles and obstacles != ["recurrent_dropout"]:  # reported as R240
            found = [f"{name} is {_shown(rnn.config.get(name))}, not {_shown(_CUDNN[name])}" for name in obstacles]
            changes = [f"{name} to {_shown(_CUDNN[name])}" for name in obstacles]
            yield violation(
                f"{row.class_name} {show(row.name)} cannot use cuDNN ({'; '.join(found)}); on a GPU, TensorFlow runs a much"
                " slower loop",
                f"For speed on a GPU, set {listing(changes, len(changes))}.",
                row.name,
                rnn.spec.argument_pointer(obstacles[0]),
            )


@rule("R240", "recurrent-dropout-speed", "info")
def recurrent_dropout_speed(model: ModelSummary) -> Iterator[Problem]:
    """recurrent_dropout is the only setting of an LSTM or GRU that prevents TensorFlow from using NVIDIA's cuDNN kernel.
    On a GPU it falls back to a much slower loop. Nothing changes on a CPU.

    Fix: Use dropout instead, which does not prevent the kernel, in Keras 3 since release 3.4. R208 reports all settings
    that do.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "recurrent_dropout": 0.2, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "dropout": 0.2, "batch_input_shape": [null, 13, 5]}}]}}
    """
    if model.spec.dialect not in ("keras2", "keras3") or model.spec.backend not in (None, "tensorflow"):
        return
    found = [
        (row, rnn)
        for row, rnn in index_of(model).recurrent
        if rnn.class_name in ("LSTM", "GRU")
        and _cudnn_obstacles(rnn, model) == ["recurrent_dropout"]
        and _is_rate(rnn.config["recurrent_dropout"])  # others are reported as R218 and R219
    ]
    advice = "For speed on a GPU, use dropout instead, which does not prevent cuDNN."
    if _dropout_prevents_cudnn(model):
        advice = f"For speed on a GPU, set it to 0. In {label(model.spec.release)}, dropout prevents cuDNN, too."
    if found:
        row, rnn = found[0]
        more = f" (and in {len(found) - 1} more: {listing([row.name for row, _ in found[1:]])})" if found[1:] else ""
        yield violation(
            f"{row.class_name} {show(row.name)} has recurrent_dropout {rnn.config['recurrent_dropout']}: TensorFlow then does not"
            f" use cuDNN, and runs a much slower loop on a GPU{more}",
            advice,
            row.name,
            rnn.spec.argument_pointer("recurrent_dropout"),
        )


def _is_rate(value: object) -> bool:
    """Check whether a value is a rate with which dropout can train."""
    return isinstance(value, int | float) and 0 < value < 1


# The arguments with which TensorFlow can run an LSTM or GRU on cuDNN; only GRU has reset_after.
_CUDNN: dict[str, Any] = {
    "activation": "tanh", "recurrent_activation": "sigmoid", "dropout": 0, "recurrent_dropout": 0, "unroll": False, "use_bias": True,
    "reset_after": True,
}  # fmt: skip


def _cudnn_obstacles(rnn: Layer, model: ModelSummary) -> list[str]:
    """Return the arguments of an LSTM or GRU that keep it from running on cuDNN."""
    obstacles = []
    for name, needed in _CUDNN.items():
        if name == "dropout":
            fits = not rnn.config.get(name) or not _dropout_prevents_cudnn(model)
        elif name == "reset_after":
            fits = rnn.class_name != "GRU" or bool(rnn.config.get(name))
        elif isinstance(needed, str):
            fits = activation_name(rnn.config.get(name, needed)) == needed
        else:
            fits = bool(rnn.config.get(name, needed)) == bool(needed)
        if not fits:
            obstacles.append(name)
    return obstacles


def _dropout_prevents_cudnn(model: ModelSummary) -> bool:
    """Check whether the release is one of those that do not use cuDNN if there is any dropout."""
    return is_before(model.spec.release, DROPOUT_ON_CUDNN)


def _shown(value: Any) -> str:
    """Return an argument's value as messages show it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else activation_name(value) or "a custom object"


UNBOUNDED = frozenset(
    {"relu", "elu", "selu", "linear", "exponential", "softplus", "gelu", "swish", "silu", "leaky_relu", "mish"}
)


def _own_activation(rnn: Layer) -> str | None:
    """Return the name of a recurrent layer's activation; None if it does not have one."""
    return activation_name(rnn.config["activation"]) if "activation" in rnn.config else None


@rule(
    "R209",
    "unbounded-rnn-activation",
    "info",
    timesteps=Option(20, "the smallest number of timesteps that is reported, if the gates are bounded", least=2),
)
def unbounded_rnn_activation(model: ModelSummary, timesteps: int) -> Iterator[Problem]:
    """A recurrent layer has an activation without an upper bound, such as relu or linear. Its output feeds back into
    itself, so its states can grow from step to step until they overflow.

    An unbounded recurrent_activation is worse, because the gates of an LSTM or GRU are meant to lie in [0, 1] and
    multiply the state. An LSTM in which both are relu gives NaN after 200 timesteps, before any training, so this is a
    warning.

    With a bounded recurrent_activation and small weights, an unbounded activation can work, so it is only an info, and
    not reported for fewer than 20 timesteps. `exponential` is a warning. Layers that receive one timestep and are not stateful are not reported, nor
    is a SimpleRNN with relu and recurrent_initializer "identity" (IRNN), which is deliberate.

    Fix: Use activation "tanh" and recurrent_activation "sigmoid", the defaults. If you want a relu, put it in the Dense
    after the layer.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "activation": "relu", "batch_input_shape": [null, 50, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "activation": "tanh", "batch_input_shape": [null, 50, 5]}}]}}

    References: https://github.com/keras-team/keras/issues/2194; Le et al. 2015 (IRNN)
    """
    for row, rnn in index_of(model).recurrent:
        activation = _own_activation(rnn)
        gates = activation_name(rnn.config["recurrent_activation"]) if "recurrent_activation" in rnn.config else None
        faults = {
            name: (value, _CUDNN[name])
            for name, value in (("recurrent_activation", gates), ("activation", activation))
            if value in UNBOUNDED
        }
        if not faults or row.class_name.startswith("ConvLSTM") or row.layer.failed:
            continue
        if rnn.class_name == "SimpleRNN" and "identity" in str(rnn.config.get("recurrent_initializer")).lower():
            continue
        if gates not in UNBOUNDED and activation == "relu" and rnn.config.get("recurrent_dropout"):
            continue  # reported as R210
        steps = row.input_shape[1] if row.input_shape is not None and len(row.input_shape) > 1 else None
        least = 2 if gates in UNBOUNDED or activation == "exponential" else timesteps
        if steps is not None and steps < least and not rnn.config.get("stateful"):
            continue  # nothing feeds back, or too rarely to overflow
        named = " and ".join(f"{name} {show(value)}" for name, (value, _) in faults.items())
        unlimited = "so its gates are not limited to [0, 1]" if gates in UNBOUNDED else "which has no upper bound"
        changes = " and ".join(f'{name} "{needed}"' for name, (_, needed) in faults.items())
        cudnn = model.spec.dialect in ("keras2", "keras3") and rnn.class_name in ("LSTM", "GRU")
        cudnn = cudnn and set(_cudnn_obstacles(rnn, model)) == set(faults)
        yield violation(
            f"{row.class_name} {show(row.name)} has {named}, {unlimited}; fed back"
            f"{f' over {steps} timesteps' if steps and steps > 1 else ''}, its states can grow until they overflow",
            f"Use {changes}{'; on a GPU, TensorFlow can then also run the layer on cuDNN' if cudnn else ''}."
            + (" For outputs outside [-1, 1], add a Dense after it." if row.is_output else ""),
            row.name,
            rnn.spec.argument_pointer(next(iter(faults))),
            "warning" if activation == "exponential" or (len(faults) == 2 and rnn.class_name == "LSTM") else None,
        )


@rule(
    "R210",
    "relu-with-recurrent-dropout",
    "warning",
    timesteps=Option(20, "the smallest number of timesteps that is reported", least=2),
)
def relu_with_recurrent_dropout(model: ModelSummary, timesteps: int) -> Iterator[Problem]:
    """A recurrent layer combines activation relu with recurrent_dropout. Dropout scales up the values that it keeps at
    every timestep, and relu does not bound them: on long sequences, the loss is prone to become NaN. With a rate of 0.5,
    the outputs of an untrained SimpleRNN exceed 100,000 within 50 timesteps in training. The gates of an LSTM or GRU
    prevent that at first.

    Fix: Use activation "tanh", or remove recurrent_dropout.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "activation": "relu", "recurrent_dropout": 0.2, "batch_input_shape": [null, 50, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "activation": "tanh", "dropout": 0.2, "batch_input_shape": [null, 13, 5]}}]}}

    References: https://github.com/keras-team/keras/issues/13221
    """
    for row, rnn in index_of(model).recurrent:
        rate = rnn.config.get("recurrent_dropout")
        steps = row.input_shape[1] if row.input_shape is not None and len(row.input_shape) > 1 else None
        if steps is not None and steps < timesteps and not rnn.config.get("stateful"):
            continue
        if rate and _own_activation(rnn) == "relu":
            yield violation(
                f"{row.class_name} {show(row.name)} has activation 'relu' and recurrent_dropout {rate}: dropout scales up"
                " the state at every timestep, relu does not bound it, and the loss can become NaN",
                'Set activation to "tanh", or recurrent_dropout to 0.',
                row.name,
                rnn.spec.argument_pointer("activation"),
            )


@rule("R218", "rnn-dropout-out-of-range", "warning")
def rnn_dropout_out_of_range(model: ModelSummary) -> Iterator[Problem]:
    """The dropout or recurrent_dropout of a recurrent layer is below 0 or above 1. A Dropout layer would be refused,
    but a recurrent layer silently clips the value: -0.5 becomes 0, and 1.5 becomes 1, which is not a usable rate either
    (R219).

    Fix: Use a rate from 0 to 1, excluding 1.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "dropout": 20, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "dropout": 0.2, "batch_input_shape": [null, 13, 5]}}]}}
    """
    for row, rnn, argument, rate in _dropout_rates(model):
        if not 0 <= rate <= 1:
            as_share = f"; for {rate:g}%, write {rate / 100:g}" if 1 < rate < 100 else ""
            effect = f"; {_effect_of_one(model, rnn, argument)}" if rate > 1 else ""
            clips = (
                "" if model.spec.dialect in ("keras0", "keras1") else f"; Keras silently uses {int(rate > 0)} instead"
            )
            yield violation(
                f"{argument} of {row.class_name} {show(row.name)} is {rate:g}, outside [0, 1]{clips}{effect}",
                f"Use a rate from 0 to 1, excluding 1{as_share}.",
                row.name,
                rnn.spec.argument_pointer(argument),
            )


@rule("R219", "rnn-dropout-one", "warning")
def rnn_dropout_one(model: ModelSummary) -> Iterator[Problem]:
    """The dropout or recurrent_dropout of a recurrent layer is 1, which cannot train anything useful. tf.keras raises an
    error in training. Keras 3 ignores the rate in an LSTM or ConvLSTM, so nothing is dropped. In a SimpleRNN, it drops
    the whole input or state, and in a GRU, that depends on the backend.

    Fix: Use a rate below 1.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "recurrent_dropout": 1.0, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "dropout": 0.1, "batch_input_shape": [null, 13, 5]}}]}}
    """
    for row, rnn, argument, rate in _dropout_rates(model):
        if rate == 1:
            yield violation(
                f"{argument} of {row.class_name} {show(row.name)} is 1: {_effect_of_one(model, rnn, argument)}",
                "Use a rate below 1, such as 0.2.",
                row.name,
                rnn.spec.argument_pointer(argument),
            )


def _effect_of_one(model: ModelSummary, rnn: Layer, argument: str) -> str:
    """Describe what a dropout rate of 1 does in training."""
    drops = f"training drops the whole {'input' if argument == 'dropout' else 'state'}"
    if rnn.class_name.startswith("ConvLSTM"):
        return "Keras ignores a rate of 1, so nothing is dropped"
    if model.spec.dialect == "keras2":
        return "tf.keras raises an error in training"
    if model.spec.dialect != "keras3" or rnn.class_name == "SimpleRNN":
        return drops
    if rnn.class_name == "GRU" and argument == "dropout":
        return f"depending on the backend, {drops}, or nothing"
    return "Keras 3 ignores a rate of 1, so nothing is dropped"


def _dropout_rates(model: ModelSummary) -> Iterator[tuple[LayerSummary, Layer, str, float]]:
    """Yield each dropout rate of a recurrent layer: its row, the layer, the argument, and the rate."""
    for row, rnn in index_of(model).recurrent:
        for argument in ("dropout", "recurrent_dropout"):
            rate = rnn.config.get(argument)
            if isinstance(rate, int | float) and not isinstance(rate, bool):
                yield row, rnn, argument, rate


@rule("R227", "constant-recurrent-init", "warning")
def constant_recurrent_init(model: ModelSummary) -> Iterator[Problem]:
    """The recurrent kernel is initialized to a constant. With zeros, every unit ignores the previous outputs at first.
    With another value, every unit receives the same sum of the previous outputs. For ones, that sum grows by a factor
    of `units` at every timestep and saturates the activations.

    Fix: Use recurrent_initializer "orthogonal", the default, or "identity" for a SimpleRNN with relu.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "recurrent_initializer": "ones", "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "recurrent_initializer": "orthogonal", "batch_input_shape": [null, 13, 5]}}]}}
    """
    for row, rnn in index_of(model).recurrent:
        if not row.spec.trainable or (rnn.config.get("units") or 0) == 1:
            continue
        initializer = constant_initializer(rnn.config.get("recurrent_initializer"))
        if initializer is not None:
            effect = (
                "ignores the previous outputs"
                if initializer == "zeros"
                else "receives the same sum of the previous outputs"
            )
            yield violation(
                f"recurrent_initializer of {row.class_name} {show(row.name)} is {initializer}: before training, every unit {effect}",
                'Use "orthogonal", the default.',
                row.name,
                rnn.spec.argument_pointer("recurrent_initializer"),
            )


@rule(
    "R235",
    "units-equal-timesteps",
    "info",
    timesteps=Option(3, "the smallest number of timesteps that is reported", least=1),
)
def units_equal_timesteps(model: ModelSummary, timesteps: int) -> Iterator[Problem]:
    """`units` equals the number of timesteps. This can be a coincidence, but `units` is often mistaken for the number
    of timesteps. It is the width of the output and of the state. All timesteps share the same weights. Powers of two and
    multiples of ten, which are common numbers of both, are not reported.

    Fix: Choose units by how much the layer has to remember, whatever the length of the sequence.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 13, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
    for row, rnn in index_of(model).recurrent:
        shape = row.input_shape
        if shape is None or len(shape) != 3 or shape[1] is None or shape[1] < timesteps:
            continue
        steps = shape[1]
        if rnn.config.get("units") == steps and steps % 10 and steps & (steps - 1):
            yield violation(
                f"units of {row.class_name} {show(row.name)} is {steps}, the same as the number of timesteps of its input;"
                " Keras does not need the two to match",
                "Choose units by how much the layer has to remember: units is the width of its output, and all timesteps"
                " share the same weights.",
                row.name,
                rnn.spec.argument_pointer("units"),
            )

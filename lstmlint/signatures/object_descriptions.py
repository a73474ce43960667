"""What the objects in configs do, and what their arguments mean: initializers, optimizers, losses and others.

Layers are in `descriptions`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from lstmlint.signatures.descriptions import by_argument

ACTIVATIONS: Final[dict[str, str]] = {
    "celu": "Like elu, with a slope that is continuous for each alpha.",
    "elu": "x above 0, and exp(x) - 1 below.",
    "exponential": "exp(x).",
    "gelu": "x times the probability that a standard normal number is below x: a smooth relu.",
    "glu": "Halves the axis: one half times the sigmoid of the other.",
    "hard_shrink": "x, or 0 if it is close to 0.",
    "hard_sigmoid": "Piecewise linear approximation of sigmoid.",
    "hard_silu": "x times hard_sigmoid(x): a cheap silu.",
    "hard_swish": "The same as hard_silu.",
    "hard_tanh": "x, limited to -1 to 1.",
    "leaky_relu": "x above 0, and a small multiple of x below.",
    "linear": "x, unchanged.",
    "log_sigmoid": "Logarithm of sigmoid.",
    "log_softmax": "Logarithm of softmax.",
    "mish": "x times tanh(softplus(x)): a smooth relu.",
    "relu": "x above 0, and 0 below.",
    "relu6": "relu, limited to 6.",
    "selu": "A scaled elu, which keeps mean and variance with lecun_normal.",
    "sigmoid": "Between 0 and 1: 1 / (1 + exp(-x)).",
    "silu": "x times sigmoid(x): a smooth relu.",
    "soft_shrink": "x, moved towards 0.",
    "softmax": "Probabilities along the last axis, which sum to 1.",
    "softplus": "log(1 + exp(x)): a smooth relu, above 0.",
    "softsign": "x / (1 + |x|): between -1 and 1.",
    "sparse_plus": "0 below -1, x above 1, and a parabola between.",
    "sparse_sigmoid": "0 below -1, 1 above 1, and linear between.",
    "sparsemax": "Probabilities like those of softmax, many of which are exactly 0.",
    "squareplus": "(x + sqrt(x² + b)) / 2: a smooth relu.",
    "swish": "The same as silu.",
    "tanh": "Between -1 and 1: the hyperbolic tangent.",
    "tanh_shrink": "x - tanh(x).",
    "threshold": "x above a threshold, and a fixed value below.",
}
INITIALIZERS: Final[dict[str, str]] = {
    "Initializer": "Base class of initializers.",
    "Zeros": "Zeros.",
    "Ones": "Ones.",
    "Constant": "One value everywhere.",
    "RandomNormal": "Random numbers of a normal distribution.",
    "TruncatedNormal": "Random numbers of a normal distribution, at most two standard deviations from its mean.",
    "RandomUniform": "Random numbers between two limits, all equally likely.",
    "VarianceScaling": "Random numbers whose variance depends on the shape of the weight.",
    "GlorotNormal": "Normal numbers of variance 2 / (fan_in + fan_out).",
    "GlorotUniform": "Uniform numbers of variance 2 / (fan_in + fan_out). The default of most kernels.",
    "HeNormal": "Normal numbers of variance 2 / fan_in, for relu.",
    "HeUniform": "Uniform numbers of variance 2 / fan_in, for relu.",
    "LecunNormal": "Normal numbers of variance 1 / fan_in, for selu.",
    "LecunUniform": "Uniform numbers of variance 1 / fan_in.",
    "Orthogonal": "A random orthogonal matrix. The default of recurrent kernels.",
    "Identity": "The identity matrix.",
    "STFT": "The kernel of a Fourier transform of short windows.",
}
REGULARIZERS: Final[dict[str, str]] = {
    "Regularizer": "Base class of regularizers.",
    "L1": "Penalizes the sum of the absolute values, so that many weights become 0.",
    "L2": "Penalizes the sum of the squares, so that weights stay small.",
    "L1L2": "Penalizes both the sum of the absolute values and that of the squares.",
    "OrthogonalRegularizer": "Penalizes rows, or columns, that are not orthogonal.",
}
CONSTRAINTS: Final[dict[str, str]] = {
    "Constraint": "Base class of constraints.",
    "MaxNorm": "Scales vectors down that are longer than a limit.",
    "MinMaxNorm": "Scales vectors so that their length is between two limits.",
    "NonNeg": "Sets negative weights to 0.",
    "UnitNorm": "Scales vectors to the length 1.",
    "RadialConstraint": "Makes square kernels symmetric around their center (Keras 2).",
}
OPTIMIZERS: Final[dict[str, str]] = {
    "Adadelta": "Steps that adapt to a window of past gradients.",
    "Adafactor": "Like Adam with much less memory: it stores rows and columns of its statistics.",
    "Adagrad": "Steps that become smaller for weights with large past gradients.",
    "Adam": "Gradient descent with momentum and a step size for each weight.",
    "AdamW": "Adam with weight decay that is separate from the gradient.",
    "Adamax": "Adam with the largest gradient in place of the mean square.",
    "Ftrl": "For sparse models: follows the regularized leader.",
    "Lamb": "Adam with a step size for each layer, for large batches.",
    "Lion": "Steps of one size, in the direction of the sign of the momentum.",
    "LossScaleOptimizer": "Wraps an optimizer, and scales the loss for mixed_float16.",
    "MultiOptimizer": "Uses several optimizers, each for some of the layers.",
    "Muon": "Momentum whose update of matrices is made orthogonal; Adam for the other weights.",
    "Nadam": "Adam with Nesterov momentum.",
    "RMSprop": "Divides the gradient by the root of its recent mean square.",
    "SGD": "Gradient descent, with momentum if that is above 0.",
    "ScheduleFreeAdamW": "AdamW that needs no schedule of the learning rate: it averages the weights.",
}
SCHEDULES: Final[dict[str, str]] = {
    "CosineDecay": "Learning rate that falls like a cosine, after a warmup if there is one.",
    "CosineDecayRestarts": "Learning rate that falls like a cosine, again and again.",
    "ExponentialDecay": "Learning rate that is multiplied by a factor every so many steps.",
    "InverseTimeDecay": "Learning rate that is divided by a number that grows with the steps.",
    "PiecewiseConstantDecay": "Learning rate that changes at given steps.",
    "PolynomialDecay": "Learning rate that falls to a final value like a power.",
}
LOSSES: Final[dict[str, str]] = {
    "BinaryCrossentropy": "For targets of 0 or 1, and one probability for each.",
    "BinaryFocalCrossentropy": "Binary crossentropy that counts easy examples less.",
    "CTC": "For sequences whose targets are not aligned with them, such as speech.",
    "CategoricalCrossentropy": "For classes, with one-hot targets.",
    "CategoricalFocalCrossentropy": "Categorical crossentropy that counts easy examples less.",
    "CategoricalGeneralizedCrossEntropy": "Between categorical crossentropy and the absolute error, for noisy labels.",
    "CategoricalHinge": "Hinge loss for classes, with one-hot targets.",
    "Circle": "For embeddings: similar within a class, and different between classes.",
    "CosineSimilarity": "Negative cosine of the angle between target and prediction.",
    "Dice": "Overlap of two masks, for segmentation.",
    "Hinge": "For targets of -1 or 1, with a margin.",
    "Huber": "Square of small errors, and absolute value of large ones.",
    "KLDivergence": "Difference of two distributions.",
    "LogCosh": "Logarithm of the hyperbolic cosine of the error: a smooth absolute value.",
    "MeanAbsoluteError": "Mean of the absolute errors.",
    "MeanAbsolutePercentageError": "Mean of the absolute errors, in percent of the targets.",
    "MeanSquaredError": "Mean of the squared errors.",
    "MeanSquaredLogarithmicError": "Mean squared error of the logarithms, for targets of different sizes.",
    "Poisson": "For counts.",
    "SparseCategoricalCrossentropy": "For classes, with their indices as targets.",
    "SquaredHinge": "Square of the hinge loss.",
    "Tversky": "Overlap of two masks, with weights for false positives and false negatives.",
}
ARGUMENTS: Final[dict[str, str]] = {
    "name": "Name of the object.",
    "dtype": "Data type of the computation.",
    # Initializers, regularizers, constraints
    "seed": "Integer that makes the random numbers repeatable.",
    "value": "The value of all elements.",
    "mean": "Mean of the distribution.",
    "stddev": "Standard deviation of the distribution.",
    "minval": "Lower limit of the distribution.",
    "maxval": "Upper limit of the distribution.",
    "gain": "Factor of the result.",
    "scale": "Factor of the variance.",
    "mode": 'What the variance is divided by: "fan_in" inputs, "fan_out" outputs, or their mean "fan_avg".',
    "distribution": '"truncated_normal", "untruncated_normal" or "uniform".',
    "input_axes": "Axes of the weight that count as inputs.",
    "output_axes": "Axes of the weight that count as outputs.",
    "layout": "How the weight is distributed over devices. Only Keras 2 has it.",
    "side": 'Which part of the complex numbers the kernel computes: "real" or "imag".',
    "window": "Window function.",
    "scaling": 'How the window is scaled: "density", "spectrum" or null.',
    "periodic": "true makes the window periodic.",
    "l1": "Factor of the sum of the absolute values.",
    "l2": "Factor of the sum of the squares.",
    "factor": "Strength of the penalty.",
    "min_value": "Least length of a vector.",
    "max_value": "Greatest length of a vector.",
    "rate": "How strictly the limits are enforced: 1 always scales to them.",
    "axis": "Axis along which a vector lies.",
    # Optimizers and schedules
    "learning_rate": "Size of a step, or a schedule of it.",
    "weight_decay": "Share of each weight that is taken away at each step. null takes none.",
    "clipnorm": "Limit of the length of the gradient of each weight.",
    "clipvalue": "Limit of each element of the gradient.",
    "global_clipnorm": "Limit of the length of all gradients together.",
    "use_ema": "true keeps a moving average of the weights.",
    "ema_momentum": "Weight of the old moving average at each step.",
    "ema_overwrite_frequency": "After how many steps the moving average replaces the weights. null does so after training.",
    "loss_scale_factor": "Factor of the loss, against gradients that are too small for the data type.",
    "gradient_accumulation_steps": "Number of steps whose gradients are averaged into one update.",
    "rho": "Weight of the past in the mean square of the gradients.",
    "epsilon": "Small number that keeps the division from being one by zero.",
    "momentum": "Share of the last step that is kept in the next one.",
    "nesterov": "true looks ahead along the momentum.",
    "centered": "true divides by the standard deviation of the gradients, in place of their root mean square.",
    "amsgrad": "true divides by the largest mean square so far.",
    "beta_1": "Weight of the past in the mean of the gradients.",
    "beta_2": "Weight of the past in the mean square of the gradients.",
    "beta_2_decay": "Power with which the weight of the past grows with the steps.",
    "epsilon_1": "Small number that is added to the squared gradients.",
    "epsilon_2": "Least scale of a weight, relative to which the step is taken.",
    "clip_threshold": "Limit of the root mean square of an update.",
    "relative_step": "true makes steps smaller with time.",
    "initial_accumulator_value": "First value of the sum of the squared gradients.",
    "learning_rate_power": "Power with which the steps become smaller.",
    "l1_regularization_strength": "Factor of the sum of the absolute values.",
    "l2_regularization_strength": "Factor of the sum of the squares.",
    "l2_shrinkage_regularization_strength": "Factor of a penalty that only affects the gradient.",
    "beta": "Beta of the paper, which is added to the divisor.",
    "inner_optimizer": "The optimizer, as a serialized object.",
    "initial_scale": "First factor of the loss.",
    "dynamic_growth_steps": "After how many steps without overflow the factor doubles.",
    "optimizer_map": "Which optimizer is for which layers.",
    "adam_beta_1": "beta_1 of the Adam for the other weights.",
    "adam_beta_2": "beta_2 of the Adam for the other weights.",
    "adam_weight_decay": "weight_decay of the Adam for the other weights.",
    "adam_lr_ratio": "Learning rate of the Adam for the other weights, as a share of learning_rate.",
    "exclude_layers": "Parts of the names of layers that Adam updates.",
    "exclude_embeddings": "true lets Adam update embeddings.",
    "muon_a": "First coefficient of the Newton-Schulz iteration.",
    "muon_b": "Second coefficient of the Newton-Schulz iteration.",
    "muon_c": "Third coefficient of the Newton-Schulz iteration.",
    "ns_steps": "Number of Newton-Schulz iterations.",
    "rms_rate": "Scale of the update of a matrix, which makes it as large as Adam's. null leaves it.",
    "warmup_steps": "Number of steps in which the learning rate grows to its full size.",
    "initial_learning_rate": "Learning rate of the first step.",
    "warmup_target": "Learning rate at the end of the warmup. null has no warmup.",
    "decay_steps": "Number of steps over which the learning rate falls.",
    "first_decay_steps": "Number of steps until the first restart.",
    "decay_rate": "How much the learning rate falls in decay_steps.",
    "staircase": "true changes the learning rate only every decay_steps.",
    "t_mul": "Factor of the number of steps from one restart to the next.",
    "m_mul": "Factor of the learning rate from one restart to the next.",
    "boundaries": "Steps after which the learning rate changes.",
    "values": "The learning rates, one more than there are boundaries.",
    "end_learning_rate": "Learning rate at the end.",
    "power": "Power of the decay. 1 is linear.",
    "cycle": "true starts again after decay_steps.",
    # Losses
    "reduction": 'How the losses of a batch become one number: "sum_over_batch_size" (their mean), "sum" or "none".',
    "from_logits": "true if the model returns logits, without sigmoid or softmax.",
    "label_smoothing": "How far (0 to 1) targets are moved towards equal probabilities.",
    "apply_class_balancing": "true weights both classes by alpha.",
    "q": "0 is near crossentropy, 1 near the absolute error.",
    "margin": "Margin between similar and different pairs.",
    "remove_diagonal": "true does not compare examples with themselves.",
    "delta": "Error from which on the loss is linear.",
    "ignore_class": "Index of a class that is not counted.",
}
OF_CLASSES: Final[dict[str, dict[str, str]]] = {
    "OrthogonalRegularizer": {"mode": '"rows" or "columns".'},
    "CosineDecay CosineDecayRestarts": {"alpha": "Least learning rate, as a share of the first one."},
    "BinaryFocalCrossentropy CategoricalFocalCrossentropy": {
        "alpha": "Weight of the class, or of each class.",
        "gamma": "How much less easy examples count. 0 is the usual crossentropy.",
    },
    "Circle": {"gamma": "Scale of the similarities."},
    "Tversky": {"alpha": "Weight of false positives.", "beta": "Weight of false negatives."},
    "BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy"
    " SparseCategoricalCrossentropy CosineSimilarity": {"axis": "Axis of the classes or features."},
    "Dice Tversky": {"axis": "Axes over which the overlap is computed. null takes all."},
}
KINDS: Final[dict[str, dict[str, str]]] = {
    "activation": ACTIVATIONS, "initializer": INITIALIZERS, "regularizer": REGULARIZERS, "constraint": CONSTRAINTS,
    "optimizer": OPTIMIZERS, "schedule": SCHEDULES, "loss": LOSSES,
}  # fmt: skip
ALIASES: Final = {
    "normal": "RandomNormal", "uniform": "RandomUniform", "one": "Ones", "zero": "Zeros",
    "identityinitializer": "Identity", "orthogonalinitializer": "Orthogonal", "stftinitializer": "STFT",
}  # fmt: skip


def of_object(kind: str, name: str) -> str | None:
    """Return what an object does, in one sentence; None if it is not one of Keras.

    kind: one of `KINDS`. name: its class, or the name that stands for it, such as "glorot_uniform".
    """
    return KINDS[kind].get(usual_name(kind, name))


def of_argument(kind: str, name: str, argument: str) -> str | None:
    """Return what an argument of an object means; None if it is not known."""
    return _exceptions().get((usual_name(kind, name), argument)) or ARGUMENTS.get(argument)


def usual_name(kind: str, name: str) -> str:
    """Return the class that a name stands for, or the name if there is none."""
    if kind == "activation":
        return name
    folded = name.removesuffix("V2").replace("_", "").lower()
    return ALIASES.get(folded) or _folded(kind).get(folded, name)


@lru_cache(maxsize=8)
def _folded(kind: str) -> dict[str, str]:
    return {name.lower(): name for name in KINDS[kind]}


@lru_cache(maxsize=1)
def _exceptions() -> dict[tuple[str, str], str]:
    return by_argument(OF_CLASSES)

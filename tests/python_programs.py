"""Programs that build Keras models, and what Keras says of them.

name -> (program, [(name of the model, parameters, unknown sizes ...)]). Unknown sizes are 11, 13, 17 ... in the order in which
the model needs them. A model that is not exact is (name, "in part"). Totals without unknown sizes are those of tf_keras 2.21.
"""

from __future__ import annotations

from typing import Any

HEAD = """
import math
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K, layers
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model, Sequential
"""

# Whole in every sense: Keras runs them, and the last line's models are compared with it.
RUN: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "stacked cells": (
        """
cells = [LSTMCell(4), GRUCell(3)]
model = Sequential([Input((5, 2)), RNN(StackedRNNCells(cells))])
other = Sequential([Input((5, 2)), RNN([LSTMCell(n) for n in (4, 3)])])
""",
        [("model", 193), ("other", 208)],
    ),
    "lists and dicts that change in place": (
        """
sizes = [4, 5]
same = sizes
same *= 2
options = {"a": 6, "b": 7}
name, units = options.popitem()
model = Sequential([Input((3,)), *[Dense(size) for size in sizes], Dense(units + len(options))])
""",
        [("model", 138)],
    ),
    "sequential": (
        """
model = Sequential()
model.add(LSTM(32, input_shape=(13, 5), return_sequences=True))
for units in [16, 8]:
    model.add(LSTM(units, return_sequences=units == 16))
model.add(Dense(10, activation="softmax"))
""",
        [("model", 8890)],
    ),
    "a function that is called": (
        """
def build(features, units=8):
    inputs = Input((10, features))
    return Model(inputs, Dense(units)(inputs))
small = build(3)
large = build(3, units=16)
""",
        [("small", 32), ("large", 64)],
    ),
    "outputs and shared layers": (
        """
a, b = Input((4,)), Input((4,))
shared = Dense(3)
x = concatenate([shared(a), shared(b)])
model = Model(inputs=[a, b], outputs=[x, Dense(2)(x)])
""",
        [("model", 29)],
    ),
    "a nested model": (
        """
encoder = Sequential([Dense(3, input_shape=(4,))])
inputs = Input((4,))
model = Model(inputs, Dense(1)(encoder(inputs)))
""",
        [("model", 19)],
    ),
    "wrappers and states": (
        """
i = Input((7, 3))
x, h, c = LSTM(4, return_sequences=True, return_state=True)(i)
y, fh, fc, bh, bc = Bidirectional(LSTM(5, return_sequences=True, return_state=True))(x)
z = GRU(4, return_sequences=True)(y, initial_state=h)
w = RNN([LSTMCell(3), GRUCell(2)], return_sequences=True)(z)
w = TimeDistributed(Dense(6))(w)
att, scores = MultiHeadAttention(2, 3)(w, w, return_attention_scores=True)
model = Model(i, [add([w, att]), scores, Concatenate()([fh, bh])])
""",
        [("model", 1044)],
    ),
    "operators and functions of TensorFlow": (
        """
i = Input((6, 4))
x = Dense(4)(i)
x = 1 - x * 2 / 3 + x
x = tf.nn.relu(-x)
y = tf.reduce_mean(x, axis=1)
z = tf.concat([x[:, 0], y], axis=-1)
a, b = tf.split(z, 2, axis=-1)
c = tf.reshape(K.concatenate([a, b]), (-1, 2, 4))
d = tf.expand_dims(tf.transpose(c, [0, 2, 1]), -1)
e = tf.squeeze(K.sum(d, axis=2), -1)
f = tf.matmul(c, c, transpose_b=True)
g = K.batch_flatten(f) if False else Flatten()(f)
model = Model(i, [Dense(2)(e), Dense(3)(g), Dense(1)(K.repeat_elements(e, 2, axis=1))])
""",
        [("model", 54)],
    ),
    "a Lambda": (
        """
model = Sequential([Dense(4, input_shape=(6, 2)), Lambda(lambda t: t[:, -1, :3]), Dense(7)])
i = Input((6, 2))
j = Lambda(lambda ts: K.concatenate([ts[0], K.mean(ts[1], axis=1)]))([Input((5,)), i]) if False else i
pooled = Lambda(lambda t, axis: K.max(t, axis=axis), arguments={"axis": 1})(j)
other = Model(i, Dense(3)(pooled))
""",
        [("model", 40), ("other", 9)],
    ),
    "a custom layer": (
        """
class Att(layers.Layer):
    def __init__(self, units=5, **kw):
        super().__init__(**kw)
        self.units = units
        self.d = layers.Dense(units)
    def build(self, s):
        self.w = self.add_weight(shape=(s[-1], 3), name="w")
        self.b = self.add_weight("b", (7,), trainable=False)
        super().build(s)
    def call(self, x, training=None):
        h = self.d(x)
        e = K.softmax(tf.matmul(x, self.w), axis=1)
        return tf.concat([h, e], -1)
i = Input((10, 4))
model = Model(i, Dense(3)(Att(6)(i)))
second = Sequential([Dense(4, input_shape=(6, 2)), Att(2), Dense(7)])
""",
        [("model", 79), ("second", 83)],
    ),
    "a subclassed model": (
        """
class Net(Model):
    def __init__(self, units):
        super().__init__()
        self.blocks = [Dense(units) for _ in range(3)]
        self.last = Dense(2)
    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.last(x)
model = Net(8)
model.build((None, 5))
""",
        [("Net", 210)],
    ),
    "a functional subclass": (
        """
class Net(Model):
    def __init__(self, units):
        i = Input((4,))
        super().__init__(inputs=i, outputs=Dense(units)(i))
model = Net(8)
""",
        [("Net", 40)],
    ),
    "a layer with more": (
        """
class MCDropout(Dropout):
    def call(self, inputs):
        return super().call(inputs, training=True)
model = Sequential([Dense(8, input_shape=(4,)), MCDropout(0.5), Dense(2)])
""",
        [("model", 58)],
    ),
    "parts of models": (
        """
base = Sequential([Dense(8, input_shape=(4,), name="first"), Dense(6), Dense(2)])
base.pop()
for layer in base.layers[:1]:
    layer.trainable = False
top = Dense(3)(base.output)
model = Model(base.input, top)
features = Model(inputs=base.inputs, outputs=base.get_layer("first").output)
last = Model(base.input, base.layers[-1].output)
""",
        [("base", 94), ("model", 115), ("features", 40), ("last", 94)],
    ),
    "shapes of tensors": (
        """
i = Input((8, 8, 3))
x = Conv2D(4, 3, strides=2)(i)
n, h, w, c = x.shape
x = Reshape((h * w, c))(x)
x = Dense(K.int_shape(x)[-1] * 2)(x)
x = Dense(x.shape.as_list()[-1] if False else int(x.shape[-1]))(x)
model = Model(i, x)
""",
        [("model", 224)],
    ),
    "shapes of a shared layer": (
        """
i = Input((4, 4))
shared = Conv1D(4, 3)
a = shared(i)
n = a.shape[1]
b = shared(UpSampling1D(5)(a))
model = Model(i, Dense(int(b.shape[1]))(Flatten()(b)))
""",
        [("model", 316)],
    ),
    "more functions of the backend": (
        """
i = Input((6, 4))
K.clear_session()
y = K.dot(i, K.transpose(i[0])) if False else K.squeeze(K.expand_dims(i, 1), 1)
y = y[..., ::2]
z = K.reshape(y, (-1, 12))
w = K.stack([z, z], axis=1)
v = K.batch_dot(w, w, axes=(2, 2))
u = K.permute_dimensions(w, (0, 2, 1))
t = K.tile(z, [1, 2])
r = K.repeat(z, 3)
values, indices = tf.math.top_k(z, k=3)
parts = tf.unstack(w, num=2, axis=1)
means = tf.reduce_mean(w, axis=1, keepdims=True)
hot = tf.one_hot(tf.cast(z, "int32"), depth=5)
shape = K.int_shape(u)
n = tf.shape(w)[0]
again = tf.reshape(w, (n, 24))
size = K.ndim(w) + w.shape.rank if False else K.ndim(w)
outputs = [Dense(1)(K.relu(one)) for one in (v, u, t, r, values, parts[0], means, hot, again, K.softmax(z), tf.abs(z))]
outputs.append(Dense(shape[1] + size)(keras.activations.tanh(z)))
model = Model(i, outputs)
""",
        [("model", 326)],
    ),
    "shapes of layers and models": (
        """
base = Sequential()
base.add(Embedding(50, 8, input_length=6))
base.add(Flatten())
base.add(Dense(base.output_shape[1]))
inner = Sequential([Dense(3, input_shape=(4,)), Dense(2)])
outer = Sequential([inner, Dense(inner.output_shape[-1] * 3)])
first = Model(outer.input, outer.output)
batch = Sequential([LSTM(3, batch_input_shape=(2, 7, 5), stateful=True)])
flat = Sequential([Dense(3, input_dim=4)])
steps = Sequential([LSTM(3, input_dim=4, input_length=7)]) if False else flat
layer = base.layers[-1]
d = Dense(layer.output.shape[1], name="head")
i = Input(shape=(4,), batch_size=3)
t = d(i)
again = Model(d.input, d.get_output_at(0))
named = Model(i, t)
late = Sequential([Dense(3), Dense(2)])
late.build(input_shape=(None, 4))
fitted = Sequential([Dense(3), Dense(2)])
fitted(np.zeros((9, 5)))
wide = Sequential([Dense(late.layers[0].units + 1, input_shape=(2,))])
wide.layers[0]._name = "renamed"
renamed = wide.get_layer("renamed")
top = Model(wide.input, Dense(2)(renamed.output))
by_index = Model(wide.input, wide.get_layer(index=0).output)
""",
        [
            ("fitted", 26),
            ("base", 400 + 48 * 48 + 48),
            ("outer", 15 + 8 + 18),
            ("first", 41),
            ("batch", 108),
            ("flat", 15),
            ("again", 48 * 5),
            ("named", 48 * 5),
            ("late", 23),
            ("wide", 12),
            ("top", 22),
            ("by_index", 12),
        ],
    ),
    "more custom layers": (
        """
class Scale(layers.Layer):
    def __init__(self, units=3, **kwargs):
        super(Scale, self).__init__(**kwargs)
        self.units = units
        self.supports_masking = True
    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units), initializer="ones", trainable=False)
        self.bias = self.add_weight(name="bias", shape=[self.units])
    def call(self, x):
        return K.dot(x, self.kernel) + self.bias
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)
    def get_config(self):
        config = super().get_config()
        config.update(units=self.units)
        return config
class Pair(layers.Layer):
    def __init__(self, units):
        super().__init__(trainable=False, name="pair")
        self.one, self.two = Dense(units), Scale(units)
        self.position = Embedding(7, 4)
    def call(self, inputs):
        a, b = inputs
        p = self.position(tf.range(0, 7, 1))
        return self.one(a + p), self.two(b)
a, b = Input((7, 4)), Input((7, 4))
c, d = Pair(5)([a, b])
scale = Scale(2)
e = scale(scale(Scale(2)(c)))
model = Model([a, b], [Dense(1)(e), d])
class Stack(Sequential):
    def __init__(self, units):
        super().__init__([Dense(units, input_shape=(3,))], name="stack")
        self.add(Dense(2))
stack = Stack(4)
class Unit(Dense):
    def __init__(self, units, **kwargs):
        super().__init__(units, use_bias=False, **kwargs)
units = Sequential([Unit(4, input_shape=(3,)), Unit(2)])
class Outer(Model):
    def __init__(self):
        super().__init__()
        self.body = Sequential([Dense(4), Dense(3)])
        self.pair = Scale(2)
    def call(self, x, training=None):
        if training:
            x = x * 2
        return self.pair(self.body(x))
outer = Outer()
outer(np.zeros((2, 6)))
i = Input((6,))
used = Model(i, Dense(2)(Outer()(i)))
""",
        [("outer", 28 + 15 + 8), ("model", 99), ("stack", 16 + 10), ("units", 20), ("used", 51 + 6)],
    ),
    "a Lambda with a shape": (
        """
def half(t):
    return unknown_to_lstmlint(t)
unknown_to_lstmlint = tf.image.flip_left_right if False else (lambda t: t[:, :2])
first = Sequential([Lambda(half, output_shape=(2,), input_shape=(4,)), Dense(3)])
double = Lambda(lambda ts: ts[0] * ts[1])
i, j = Input((4,)), Input((4,))
second = Model([i, j], Dense(2)(double([i, j])))
""",
        [("first", 9), ("second", 10)],
    ),
    "keras.applications": (
        """
from tensorflow.keras.applications import VGG16, mobilenet_v2
base = VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
for layer in base.layers[:-4]:
    layer.trainable = False
model = Sequential([base, Flatten(), Dense(1)])
i = Input((96, 96, 3))
small = mobilenet_v2.MobileNetV2(include_top=False, input_tensor=i, weights=None, alpha=0.35)
x = GlobalAveragePooling2D()(small.output)
other = Model(small.input, Dense(3)(x))
cut = Model(base.input, Dense(2)(Flatten()(base.get_layer("block2_pool").output)))
third = Model(i, VGG16(weights=None, classes=7, input_shape=(96, 96, 3))(keras.applications.vgg16.preprocess_input(i)))
""",
        [("model", 14716737), ("other", 414051), ("cut", 325698), ("third", 50403143)],
    ),
    "more of layers and models": (
        """
i = Input((4, 3), dtype="float32")
a = dot([i, i], 2)
b = concatenate([a, i], -1)
c = LSTM(3, name="lstm_c")(inputs=b)
d, h, s = RNN(LSTMCell(2), return_state=True)(i)
e = RNN([LSTMCell(2), GRUCell(3)], return_state=True)(i)
f = Bidirectional(LSTM(2, return_state=True), merge_mode=None)(i)
td = TimeDistributed(Dense(3))
td.trainable = False
g = td(i)
with tf.GradientTape() as tape:
    k = tf.reduce_sum(g, 1, keepdims=True)
model = Model(inputs=i, outputs=[Dense(1)(one) for one in (c, d, h, e[0], f[0], f[1], k)])
frozen = Sequential([Dense(3, input_shape=(4,)), Dropout(0.5), Dense(2, activation=tf.nn.relu, kernel_regularizer=keras.regularizers.l2(l=0.1))])
for layer in frozen.layers:
    if isinstance(layer, Dense) and not isinstance(layer, Dropout) and isinstance(layer, layers.Layer) and layer.trainable:
        layer.trainable = False
frozen.add(Dense(len(frozen.layers) if isinstance(frozen, Sequential) and isinstance(frozen, Model) else 1))
frozen.compile(keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError(), metrics=[keras.metrics.MeanAbsoluteError()])
chain = Sequential([Sequential([Dense(3, input_shape=(4,))]), Dense(frozen.input_shape[-1]), Activation(keras.activations.relu)])
top = Model(chain.inputs, Dense(chain.layers[1].output_shape[-1])(chain.outputs[0]))
part = Model(chain.input, chain.layers[0].output) if False else top
masked = Sequential([Masking(0.0, input_shape=(5, 2)), SimpleRNN(3), Dense(1, activation="tanh")])
preact = Sequential([Conv2D(2, 3, input_shape=(9, 9, 1), data_format="channels_last"), BatchNormalization(axis=-1), PReLU(shared_axes=[1, 2])])
encode = layers.StringLookup(vocabulary=["a", "b", "c"], output_mode="multi_hot")
words = Sequential([Input((2,), dtype="string"), encode, Dense(2)])
""",
        [
            ("model", 423),
            ("frozen", 32),
            ("chain", 31),
            ("top", 51),
            ("masked", 22),
            ("preact", 30),
            ("words", 10),
        ],
    ),
    "arguments of functions by name": (
        """
i = Input((6, 4))
a = tf.reduce_sum(input_tensor=i, axis=1)
b = tf.concat(values=[a, a], axis=-1)
c = K.reshape(x=b, shape=(-1, 8)) if K.is_keras_tensor(b) else b
d = Lambda(lambda t, s: t * s, arguments=dict(s=2), output_shape=(8,))(c)
class Named(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = Dense(3)
        self.scale = tf.Variable(tf.ones((4,)), trainable=True, name="scale")
    def call(self, inputs, mask=None):
        x, y = inputs["x"], inputs["y"]
        return self.dense(x * self.scale), y
named = Named(name="named")
e, f = named({"x": i, "y": d})
g, h = named({"x": i, "y": d})
class Inner(layers.Layer):
    def __init__(self):
        super().__init__()
        self.norm = LayerNormalization()
    def call(self, x):
        return self.norm(x)
class Wrapped(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.more = [Dense(4), Dense(4)]
    def call(self, x):
        for layer in self.more:
            x = layer(x)
        return self.inner(x)
j = Wrapped()(i)
model = Model(inputs=[i], outputs=[Dense(1)(e), f, h, j])
double = Model(model.input, Model(i, [Dense(2)(i), Dense(3)(i)])(i))
both = Model(i, Concatenate()(double.outputs))
firsts = Sequential([Input(batch_shape=(2, 7)), Dense(1)])
class Fitted(Model):
    def __init__(self):
        super().__init__()
        self.d = Dense(2)
    def call(self, x):
        return self.d(x)
fitted = Fitted()
fitted.compile("sgd", "mse")
fitted.fit(np.zeros((4, 3)), np.zeros((4, 2)), verbose=0)
""",
        [
            ("fitted", 8),
            ("model", 71),
            ("double", 25),
            ("both", 25),
            ("firsts", 8),
        ],
    ),
    "arrays": (
        """
X = np.zeros((100, 7, 3))
X = np.reshape(X, (X.shape[0], 21, 1))
y = np.eye(4)[np.arange(100) % 4] if False else np.zeros((100, 4))
X = np.expand_dims(np.concatenate([X, X], axis=2), -1)[:, 1:, :, 0].astype("float32") / 255
data = np.array([[1, 2, 3], [4, 5, 6]])
model = Sequential([LSTM(5, input_shape=X.shape[1:]), Dense(y.shape[1]), Dense(data.shape[-1]), Dense(np.prod((2, 3)))])
""",
        [("model", 223)],
    ),
    "data sets": (
        """
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data() if False else ((np.zeros((60000, 28, 28)), None), (None, None))
x_train = x_train.reshape(60000, 784)
y_train = keras.utils.to_categorical(np.zeros(60000), 10)
model = Sequential([Dense(2, input_shape=(x_train.shape[1],)), Dense(y_train.shape[1])])
""",
        [("model", 1600)],
    ),
    "python": (
        """
from functools import partial, reduce
from collections import OrderedDict, defaultdict, namedtuple
import itertools
import copy
import os
Config = namedtuple("Config", "units depth")
config = Config(units=4, depth=2)
table = {"a": 1, **{"b": 2}}
table.update(c=3)
table.setdefault("d", 4)
more = OrderedDict(table)
lists = defaultdict(list)
lists["x"].append(5)
dense = partial(Dense, 3, use_bias=False)
sizes = [2 ** k for k in range(1, 4) if k != 2] + list(map(lambda v: v + 1, (1, 2)))
sizes.extend(sorted({9, 7}))
sizes.insert(0, sizes.pop())
total = reduce(lambda a, b: a + b, sizes)
name = "layer_{}_%d".format(1) % 2
text = f"{name}{total:03d}"
class Options:
    width = 5
    def __init__(self, scale):
        self.scale = scale
    @property
    def size(self):
        return self.width * self.scale
    @staticmethod
    def double(x):
        return 2 * x
    @classmethod
    def make(cls, scale=2):
        return cls(scale)
class Wide(Options):
    width = 6
    def __init__(self):
        super().__init__(2)
wide, narrow = Wide(), Options.make()
def block(x, *units, activation=None, **rest):
    for u in units:
        x = Dense(u, activation=activation, **rest)(x)
    return x
def counter():
    count = 0
    def up():
        nonlocal count
        count += 1
        return count
    return up
up = counter()
up()
x = i = Input((4,), name=text)
x = block(x, *sizes, activation="relu", use_bias=True)
x = dense()(x)
x = Dense(up())(Dense(wide.size)(Dense(narrow.size)(x)))
x = Dense(Options.double(len(more)) + sum(v for v in table.values()))(x)
x = Dense(max(sizes) + min(sizes) + abs(-3) + round(2.6) + int("7") + divmod(9, 4)[0])(x)
n = 0
while True:
    n += 1
    if n > 5:
        break
    if n == 3:
        continue
    x = Dense(n)(x)
for k, (a, b) in enumerate(zip([1, 2], [3, 4])):
    x = Dense(k + a * b)(x)
else:
    x = Dense(config.units if config.depth == 2 else 1)(x)
try:
    value = int("x")
except ValueError:
    value = 6
with tf.device("/cpu:0"):
    x = Dense(value)(x)
match config.depth:
    case 1:
        x = Dense(100)(x)
    case 2 | 3:
        x = Dense(9)(x)
if all([isinstance(sizes, list), not isinstance(name, int), any([0, 1])]) and (p := 3) < 4 <= len(sizes):
    x = Dense(p)(x)
for a, b in itertools.product([1, 2], [3]):
    x = Dense(a * b)(x)
first, *rest = (1, 2, 3)
x = Dense(len(rest) + sizes.index(sizes[0]) + [3, 4, 5][1:][0] + (6, 7)[-1] + "abc".find("c"))(x)
x = Dense(math.ceil(7 / 2) + 7 // 2 + 7 % 4 + 2 ** 3 + (5 & 4) + (1 | 2) + (1 << 2) + (3 ^ 1) + (9 >> 1))(x)
model = Model(i, x)
""",
        [("model", 1897)],
    ),
}

# With sizes that come from outside, or not certain.
READ: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "grouped attention": (
        """
i = Input((6, 8))
q = layers.GroupQueryAttention(4, 4, 2)(i, i)
model = Model(i, Dense(3)(layers.GroupQueryAttention(4, 4, 2)(i, q)))
""",
        [("model", 875)],
    ),
    "a package that may not be there": (
        """
try:
    import another.package
    width = 100
except ImportError:
    width = 10
try:
    import numpy.linalg
    known = 4
except ImportError:
    known = 5
model = Sequential([Input((3,)), Dense(16 if width > 50 else 8)])
sure = Sequential([Input((3,)), Dense(known)])
""",
        [("model", 4 * 11, "16 if width > 50 else 8"), ("sure", 16)],
    ),
    "unknown sizes": (
        """
model = Sequential([LSTM(4, input_shape=(X.shape[1], X.shape[2])), Dense(len(vocab) + 1)])
""",
        [("model", 378, "X.shape[1]", "X.shape[2]", "len(vocab)")],
    ),
    "unknown arithmetic": (
        """
n = len(vocab)
model = Sequential([Dense(2 * n + 1, input_shape=(n // 2,)), Dense(n // 2), Dense(n * n - n)])
""",
        # with len(vocab) = 11 and n // 2 = 13
        [("model", 23 * 14 + 13 * 24 + 110 * 14, "len(vocab)", "n // 2")],
    ),
    "an unknown shape": (
        """
model = Sequential([LSTM(4, input_shape=X.shape[1:]), Dense(1)])
i = Input(shape)
other = Model(i, Conv2D(2, 3)(i))
last = Sequential([Dense(4, input_shape=X.shape[1:])])
doubtful = Sequential([Flatten(input_shape=X.shape[1:]), Dense(4)])
""",
        [
            ("model", 4 * (4 * 17 + 4) + 5, "X.shape[1]", "X.shape[2]"),
            ("other", 2 * (9 * 17 + 1), "shape[0]", "shape[1]", "shape[2]"),
            ("last", 48, "X.shape[-1]"),
            ("doubtful", "in part"),
        ],
    ),
    "a function that is not called": (
        """
def build(features, units=8):
    inputs = Input((10, features))
    return Model(inputs, Dense(units)(inputs))
class Trainer:
    def __init__(self, data, size):
        self.data = data
        self.size = size
    def make(self):
        self.model = Sequential([Dense(self.size, input_shape=(self.data.shape[1],))])
        self.model.summary()
""",
        [("build", 96, "features"), ("Trainer", 11 * 14, "size", "data.shape[1]")],
    ),
    "an unknown condition": (
        """
x = inputs = Input((4,))
if flag:
    x = Dense(4)(x)
model = Model(inputs, x)
""",
        [("model", "in part")],
    ),
    "both branches alike": (
        """
units = 8 if flag else 8
if flag:
    size = 3
else:
    size = 3
def build():
    if flag:
        raise ValueError
    return Sequential([Dense(units, input_shape=(size,))])
model = build()
""",
        [("build", 32)],
    ),
    "an unknown size from a branch": (
        """
if flag:
    units = 3
else:
    units = 4
model = Sequential([Dense(units, input_shape=(2,))])
""",
        [("model", 33, "units")],
    ),
    "unknown loops": (
        """
model = Sequential([Dense(3, input_shape=(4,))])
for layer in something:
    model.add(Dense(3))
other = Sequential([Dense(3, input_shape=(4,))])
while waiting():
    other.add(Dense(3))
for fold in folds:
    each = Sequential([Dense(5, input_shape=(4,))])
    each.fit(X)
third = Sequential([Dense(3, input_shape=(4,))])
for i in range(5):
    if flag:
        break
    third.add(Dense(3))
sizes = [size for size in range(1, 9) if size < limit]
fourth = Sequential([Dense(size) for size in sizes])
fifth = Sequential([Dense(sum(sizes), input_shape=(1,))])
""",
        [
            ("each", 25),
            ("model", "in part"),
            ("other", "in part"),
            ("third", "in part"),
            ("fourth", "in part"),
            ("fifth", 22, "sum(sizes)"),
        ],
    ),
    "as it stood": (
        """
model = Sequential([Dense(3, input_shape=(4,))])
model.summary()
model.add(Dense(2))
model.compile("adam", "mse")
model.fit(X, y)
model.summary()
change(model)
model.add(Dense(1))
""",
        [("model", 15), ("model-2", 23), ("model-3", "in part")],
    ),
    "unknown layers": (
        """
from other import Special, block
i = Input((4,))
model = Model(i, Dense(2)(Special(3)(i)))
second = Model(i, Dense(2)(block(i)))
third = Sequential([Dense(3, input_shape=(4,)), make_layer(5)])
fourth = Sequential([Dense(3, input_shape=(4,), **options)])
fifth = Sequential([LSTM(3, input_shape=(4, 2), return_sequences=flag)])
""",
        [(name, "in part") for name in ("model", "second", "third", "fourth", "fifth")],
    ),
    "doubts": (
        """
from tensorflow.keras.layers import Foreign
i = Input((4, 3))
class NoCall(layers.Layer):
    pass
class Strange(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.d = Dense(3)
        self.e = Dense(2)
    def build(self, shape):
        self.w = self.add_weight(shape=unknown_shape)
        self.v = self.add_weight(shape=(2,), trainable=flag)
    def call(self, x):
        self.e(unknown_data)
        self.d(x)
        return [x, 3]
class Fails(layers.Layer):
    def call(self, x):
        raise ValueError
class OwnBuild(Dense):
    def build(self, shape):
        self.w = self.add_weight(shape=(3,))
    def call(self, x):
        return x
class Twice(layers.Layer):
    def __init__(self):
        super().__init__(**options)
        self.d = Dense(3)
    def call(self, x):
        self.d(x)
        return x
twice = Lambda(lambda t: t)
m1 = Model(i, Dense(2)(NoCall()(i)))
m2 = Model(i, Dense(2)(Strange()(i)))
m3 = Model(i, Dense(2)(Fails()(i)))
m4 = Model(i, OwnBuild(4)(i))
m5 = Model(i, Twice()(i))
m6 = Model(i, Concatenate()([twice(i), twice(Dense(5)(i))]))
m7 = Model(i, Dense(2)(Foreign(3)(i)))
m9 = Model(i, Dense(2)(i[:, unknown]))
m10 = Model(i, Dense(2)(i.unknown_method()))
m11 = Model(i, Dense(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)(i))
m12 = Model(i, Dense(2)(K.unknown_function(i)))
m13 = Sequential(unknown_layers)
m13.add(Dense(2))
m14 = Sequential(Dense(3, input_shape=(4,)))
m14.layers[0].units = 4
m15 = Sequential([Dense(3)])
m15.build(unknown_shape)
m16 = Sequential([Dense(3, input_shape=(4,), trainable=flag)])
m17 = Model(i, [Dense(2)(i), unknown])
m18 = Model(Input(**options), Dense(2)(i))
m19 = Sequential([Dense(3, input_shape=(4,), name="a"), Dense(3)])
m20 = Model(m19.input, m19.get_layer("dense_999").output)
m21 = Model(Input(tensor=unknown), Dense(2)(i))
m22 = Model(i, Dense(2)(tf.reshape(i, unknown_shape)))
""",
        [(f"m{i}", "in part") for i in range(1, 19) if i != 8]
        + [("m19", 27), ("m20", 27), ("m21", "in part"), ("m22", "in part")],
    ),
    "shapes with unknown sizes": (
        """
i = Input((n, 4))
x = Flatten()(i)
model = Model(i, Dense(x.shape[1])(x))
a = Conv1D(2, 3, strides=2)(i)
other = Model(i, Dense(a.shape[1])(Flatten()(a)))
data = Sequential([Conv1D(3, 2), Flatten(), Dense(1)])
data.fit(X, y)
dense = Sequential([Dense(3), Dense(1)])
dense.fit(x=X[0])
lost = Sequential([Flatten(), Dense(1)])
lost.fit(X)
shared = Input(shape=X.shape[1:])
third = Model(shared, Dense(1)(concatenate([Dense(2)(shared), shared])))
fourth = Input(shape)
masked = Model(fourth, LSTM(2)(Masking()(Dropout(0.5)(fourth))))
size, size_ = len(a_list), len(a_list)
same = Sequential([Dense(size, input_shape=(size_,))])
def f(u):
    return Sequential([Dense(u, input_shape=(w(u),))])
def g(u):
    return f(u).add(Dense(u))
""",
        [
            ("data", (2 * 13 + 1) * 3 + 3 * 10 + 1, "X.shape[1]", "X.shape[2]"),
            ("dense", 40, "X[0].shape[-1]"),
            ("lost", 0),
            ("model", 44 * 45, "n"),
            ("other", 26 + 13 * 11, "n", "a size that depends on n"),
            ("third", 24 + 14, "X.shape[-1]"),
            ("masked", 128, "shape[0]", "shape[1]"),
            ("same", 132, "len(a_list)"),
            ("f", 11 * 14 + 11 * 12, "u", "w(u)"),
        ],
    ),
    "doubtful applications": (
        """
from tensorflow.keras.applications import ResNet50, VGG19
size = len(a)
model = Sequential([ResNet50(include_top=False, input_shape=(size, size, 3), weights=None), GlobalAveragePooling2D(), Dense(2)])
classes = Sequential([VGG19(classes=n_classes, weights=None, input_shape=[32, 32, 3])])
i = Input(shape)
lost = Model(i, ResNet50(include_top=False, input_tensor=i, weights="file.h5").output)
refused = Sequential([VGG19(unknown_argument=3), Dense(1)])
""",
        [("model", "in part"), ("classes", 38952011, "n_classes"), ("refused", "in part")],
    ),
    "an exception": (
        """
model = Sequential([Dense(3, input_shape=(4,))])
model.summary()
model.add(Dense(int("x")))
other = Sequential([Dense(3, input_shape=(4,))])
""",
        [("model", 15), ("other", "in part")],
    ),
    "too much to follow": (
        """
def build():
    model = Sequential([Dense(3, input_shape=(4,))])
    model.add(Dense(forever(3)))
    return model
def forever(n):
    return forever(n + 1)
def raises(x):
    model = Sequential([Dense(3, input_shape=(4,))])
    raise ValueError
""",
        [("build", "in part"), ("raises", "in part")],
    ),
    "more doubts": (
        """
i = Input((4, 3))
class Options(layers.Layer):
    def __init__(self):
        super().__init__(**options)
    def call(self, x):
        return x
class Many(Dense):
    def __init__(self):
        super().__init__(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
class Variable(layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(unknown_value)
    def call(self, x):
        return x
class Taints(layers.Layer):
    def call(self, x):
        return unknown_function(x)
class Size(layers.Layer):
    def build(self, s):
        self.w = self.add_weight(shape=3)
    def call(self, x):
        return x + self.w
p1 = Model(i, Options()(i))
p2 = Model(i, Many()(i))
p3 = Model(i, Variable()(i))
p4 = Model(i, Dense(1)(Taints()(i)))
p5 = Model(i, Size()(i))
p6 = Model(i, Dense(1)(tf.reshape(tensor=i, shape=unknown_shape)))
p7 = Model(i, Dense(1)(tf.unstack(i, axis=unknown_axis)[0]))
p8 = Model(i, Dense(1)(K.batch_dot(i, i)))
p9 = Model(i, Dense(1)(i[unknown:, 0]))
p10 = Model(i, Dense(1)(tf.add(1, 2, 3, 4, 5, i)))
p11 = Model(i, Dense(1)(K.dot(Dense(2)(unknown_tensor), i)))
p12 = Sequential([Lambda(fails, input_shape=(3,)), Dense(2)])
p13 = Sequential([StringLookup(vocabulary=words, output_mode="multi_hot", input_shape=(1,)), Dense(2)])
p14 = Model(unknown_input, unknown_output)
p15 = Model(i, Bidirectional(unknown_layer)(i))
p16 = Model([i, Input(shape=X.shape)], Flatten()(i))
""",
        [
            *((f"p{k}", "in part") for k in (1, 2, 3, 4)),
            ("p5", 3),
            *((f"p{k}", "in part") for k in (6, 7, 8, 9, 10, 11)),
            ("p12", 0),
            ("p13", "in part"),
            ("p15", "in part"),
        ],
    ),
    "command lines": (
        """
import argparse
parser = argparse.ArgumentParser()
group = parser.add_argument_group("model")
group.add_argument("--hidden-units", "-u", type=int, default="12")
parser.add_argument("--wide", action="store_true")
parser.add_argument("features", type=int)
parser.add_argument("--depth", dest="layers")
parser.set_defaults(extra=1)
args = parser.parse_args()
model = Sequential([Dense(args.hidden_units, input_shape=(args.features,))])
if args.wide or args.layers:
    model.add(Dense(100))
flags = tf.compat.v1.app.flags
flags.DEFINE_integer("size", 7, "the size")
other = Sequential([Dense(flags.FLAGS.size, input_shape=(2,))])
""",
        [("model", 144, "args.features"), ("other", 21)],
    ),
    "trainable": (
        """
base = Sequential([Dense(3, input_shape=(4,)), Dense(2)])
base.trainable = False
model = Sequential([base, Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
""",
        [("model", 26)],
    ),
    "not Keras": (
        """
import torch.nn as nn
net = nn.Sequential(nn.Linear(3, 4))
class Plain:
    def __init__(self, n):
        self.n = n
thing = Plain(3)
""",
        [],
    ),
}

# In other dialects than tf.keras.
OTHERS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "Keras 1": (
        """
from keras.layers import Dense, Convolution2D, LSTM, Merge, Input, merge, Flatten, MaxPooling2D, Embedding
from keras.models import Sequential, Model
model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode='same', input_shape=(8, 8, 3)))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(output_dim=2, init='uniform'))
left = Sequential([Dense(3, input_dim=4)])
right = Sequential([Dense(5, input_dim=2)])
both = Sequential()
both.add(Merge([left, right], mode='concat'))
both.add(Dense(1))
a, b = Input((4,)), Input((4,))
third = Model(input=[a, b], output=Dense(1)(merge([a, b], mode='sum')))
""",
        [("model", 112 + 130), ("left", 15), ("right", 15), ("both", 15 + 15 + 9), ("third", 5)],
    ),
    "Keras 2 with several backends": (
        """
from keras.models import Sequential
from keras.layers import GRU
from keras.utils import np_utils
model = Sequential([GRU(3, input_shape=(4, 2))])
""",
        [("model", 3 * (3 * 5 + 3))],
    ),
    "Keras 2 or 3": (
        """
from keras.models import Sequential
from keras.layers import GRU, Dense
model = Sequential([GRU(3, input_shape=(4, 2))])
other = Sequential([Dense(3, input_shape=(4,))])
""",
        [("model", "in part"), ("other", 15)],
    ),
    "Keras 1 with Lambda": (
        """
from keras.layers import Lambda, Dense, Input, LSTM, TimeDistributed, Merge
from keras.models import Sequential, Model
from keras import backend as K
model = Sequential()
model.add(LSTM(output_dim=3, input_dim=4, input_length=7, return_sequences=True, inner_activation="sigmoid"))
model.add(Lambda(lambda x: K.mean(x, axis=1), output_shape=lambda s: (s[0], s[2])))
model.add(Dense(2))
second = Sequential([Dense(3, input_dim=4), Lambda(unknown_code, output_shape=(5,)), Dense(2)])
third = Sequential([Dense(3, input_dim=4), Lambda(unknown_code, output_shape=lambda s: (s[0], s[1] * 2)), Dense(2)])
both = Model(input=[a, b], output=c) if False else None
""",
        [("model", 4 * (3 * 8) + 8), ("second", 15 + 12), ("third", 15 + 14)],
    ),
    "more of Keras 3": (
        """
import keras
from keras import layers, ops, saving
from keras.applications import VGG16, MobileNetV2
base = MobileNetV2(include_top=False, weights=None, input_shape=(96, 96, 3))
base.trainable = False
model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(2)])
old = keras.Sequential([layers.Dense(3, input_dim=4), layers.Dense(2)])
late = keras.Sequential([layers.Dense(3), layers.Dense(2)])
late.build((None, 4))
i = keras.Input((6, 4))
values, indices = ops.top_k(i, 2)
x = ops.concatenate([values, ops.sum(i[..., :2], axis=-1, keepdims=True)], axis=-1)
y = ops.reshape(x, (ops.shape(x)[0], 18))
z = ops.matmul(i, ops.transpose(i, (0, 2, 1)))
functional = keras.Model({"a": i}, {"y": layers.Dense(2)(y), "z": layers.Dense(1)(z)})
text = keras.Sequential([layers.TextVectorization(output_sequence_length=7), layers.Embedding(9, 4)])
""",
        [
            ("model", 2257984 + 1281 * 2),
            ("old", 23),
            ("late", 23),
            ("functional", 38 + 7),
            ("text", 36),
        ],
    ),
    "Keras 3": (
        """
import keras
from keras import layers, ops
class Att(layers.Layer):
    def __init__(self, units=5, **kw):
        super().__init__(**kw)
        self.units = units
        self.d = layers.Dense(units)
    def build(self, s):
        self.w = self.add_weight(shape=(s[-1], 3), name="w")
    def call(self, x, training=None):
        e = ops.softmax(ops.matmul(x, self.w), axis=1)
        return ops.concatenate([self.d(x), e], -1)
i = keras.Input((10, 4))
x = Att(6)(i)
x = layers.Lambda(lambda t: ops.mean(t, axis=1))(x)
x = x * 2 + 1
x = ops.reshape(-x[:, :8], (-1, 2, 4))
x, y = ops.split(x, 2, axis=1)
model = keras.Model(i, [layers.Dense(3)(x), keras.activations.relu(y)])
other = keras.Sequential([layers.GRU(3, input_shape=(4, 2)), Att(2, name="q") if False else layers.Dense(2)])
""",
        [("model", 30 + 12 + 15), ("other", 3 * (3 * 5 + 6) + 8)],
    ),
}

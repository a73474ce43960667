# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import backend as K, layers


class Scale(layers.Layer):
    def build(self, input_shape):
        self.gain = self.add_weight('gain', (input_shape[-1],), trainable=False)
        self.shift = tf.Variable(tf.zeros((input_shape[-1],)), name='shift')

    def call(self, inputs):
        return inputs * self.gain + self.shift


class Twice(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(units)
        self.unused = layers.Dense(100)
        self.rest = [layers.Dense(units), layers.BatchNormalization()]
        self.named = {'last': layers.Dense(3)}

    def call(self, inputs, training=None):
        x = self.inner(inputs)
        x = self.inner(x)
        for layer in self.rest:
            x = layer(x)
        return self.named['last'](x)


class Lazy(layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def build(self, shape):
        self.dense = layers.Dense(shape[-1] * self.factor)
        self.table = self.add_weight(name='table', shape=[self.factor, 2], initializer='zeros')
        super().build(shape)

    def call(self, x):
        return self.dense(x)


class Pair(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return K.concatenate([a, b], axis=-1), a - b


class Guided(layers.Layer):
    def __init__(self, units=4):
        super().__init__()
        self.units = units
        self.gate = layers.Dense(1, activation='sigmoid')

    def build(self, shapes):
        self.w = self.add_weight('w', (shapes[0][-1], shapes[1][-1]))

    def call(self, inputs):
        x, y = inputs
        return K.dot(x, self.w) * self.gate(y)

    def compute_output_shape(self, shapes):
        return shapes[1]


x = layers.Input((5,))
a = tf.keras.Model(x, layers.Dense(2)(Scale()(x)))
b = tf.keras.Model(x, Twice(5, name='twice')(x))
c = tf.keras.Model(x, layers.Dense(2)(Lazy(3)(x)))
joined, difference = Pair()([x, layers.Dense(5)(x)])
d = tf.keras.Model(x, [layers.Dense(2)(joined), layers.Dense(2)(difference)])
y = layers.Input((7,))
e = tf.keras.Model([x, y], layers.Dense(2)(Guided()([x, y])))
shared = Lazy(2)
f = tf.keras.Model(x, layers.Add()([shared(x), shared(x)]))
frozen = Twice(5)
frozen.trainable = False
g = tf.keras.Model(x, layers.Dense(1)(frozen(x)))
h = tf.keras.Sequential([layers.Dense(6, input_shape=(4,)), Scale(), Lazy(2), layers.Dense(1)])

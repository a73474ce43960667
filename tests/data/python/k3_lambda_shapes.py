# runs: keras
import keras
from keras import layers, ops


def halve(x):
    return x[:, ::2]


inputs = keras.Input((30, 6))
x = layers.Lambda(halve, name="halve")(inputs)
y = layers.Lambda(lambda t: ops.expand_dims(t, axis=1), name="expand")(x)
z = layers.Lambda(lambda t: t / 2, output_shape=(1, 15, 6), name="scale")(y)
model = keras.Model(inputs, layers.Dense(3)(z))

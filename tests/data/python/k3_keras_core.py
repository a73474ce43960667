# runs: keras
import keras_core as keras
from keras_core import layers, ops

inputs = keras.Input((14, 5))
x = layers.GRU(21, return_sequences=True)(inputs)
x = layers.Lambda(lambda t: ops.max(t, axis=1))(x)
model = keras.Model(inputs, layers.Dense(2)(x))

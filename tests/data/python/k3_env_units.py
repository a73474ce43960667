# runs: keras
# given: import os; patch("os.environ", {"UNITS": "29"})
# sizes: units = 29
import os

import keras

units = int(os.environ["UNITS"])
inputs = keras.Input((10, 4))
x = keras.layers.GRU(units)(inputs)
model = keras.Model(inputs, keras.layers.Dense(units * 2)(x))

# runs: keras
# given: import os; patch("os.environ", {"DEPTH": "2"})
# inexact: yes
import os

import keras

depth = int(os.environ["DEPTH"])
inputs = x = keras.Input((10,))
for _ in range(depth):
    x = keras.layers.Dense(32)(x)
model = keras.Model(inputs, keras.layers.Dense(1)(x))

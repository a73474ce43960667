# runs: keras
# given: import os; patch("os.environ", {"DEEP": "1"})
# inexact: yes
import os

import keras
from keras import layers

deep = os.environ.get("DEEP")
inputs = keras.Input((16,))
x = layers.Dense(32, name="first")(inputs)
if deep:
    x = layers.Dense(64, name="second")(x)
model = keras.Model(inputs, layers.Dense(1, name="last")(x))

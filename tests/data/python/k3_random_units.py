# runs: keras
# inexact: yes
import random

import keras

model = keras.Sequential([keras.Input((10,))])
model.add(keras.layers.Dense(random.choice([8, 16]) + 5, name="a"))
if random.random() > 0.5:
    model.add(keras.layers.Dense(12, name="b"))
model.add(keras.layers.Dense(1, name="c"))

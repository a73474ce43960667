# runs: keras
import math

import keras
import numpy as np

side = int(np.sqrt(784))
latent = int(math.log2(side * side // 2)) + round(2.6)
channels = min(3, 1) + abs(-2)
x = keras.Input((side, side, channels))
y = keras.layers.Conv2D(math.ceil(latent / 4), 3, padding="same")(x)
y = keras.layers.Flatten()(y)
y = keras.layers.Dense(latent)(y)
y = keras.layers.Dense(int(np.prod((7, 7, 4))))(y)
model = keras.Model(x, keras.layers.Reshape((7, 7, 4))(y))

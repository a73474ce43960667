# runs: keras
# models: original; second
import copy

import keras
from keras import layers

x = keras.Input((6,))
first = layers.Dense(6, name="first")
y = first(x)
another = layers.Dense.from_config({"units": 3, "name": "another"})
original = keras.Model(x, another(y))
twin = layers.Dense.from_config(first.get_config())
second = keras.Model(x, twin(layers.Dense(6)(x)))

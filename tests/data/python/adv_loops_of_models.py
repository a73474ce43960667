# runs: keras
# models: models[0]; models[1]; models[2]; named["a"]; named["b"]; best
import keras
from keras import layers

models = []
for units in (2, 4, 6):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(units)])
    model.compile("adam", "mse")
    models.append(model)
models[1].add(layers.Dense(9))
models[0].layers[0].trainable = False
named = {}
for key, depth in zip("ab", (1, 2)):
    x = h = keras.Input((5,))
    for _ in range(depth):
        h = layers.Dense(5)(h)
    named[key] = keras.Model(x, h, name=key)
best = max(named.values(), key=lambda m: len(m.layers))

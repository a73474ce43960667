# runs: keras
import keras
from keras import layers


def make():
    return keras.Sequential([keras.Input((30,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)])


a, b, c, d, e, f = (make() for _ in range(6))
for layer in reversed(a.layers):
    layer.trainable = False
for i, layer in enumerate(b.layers[:2]):
    layer.trainable = i > 0
[setattr(layer, "trainable", False) for layer in c.layers if isinstance(layer, layers.Dense)]
first, _, last = d.layers
last.trainable = first.trainable = False
for k in range(len(e.layers)):
    e.layers[k].trainable = k == 1
f.layers[-1].trainable = False
f.get_layer(index=0).trainable = False

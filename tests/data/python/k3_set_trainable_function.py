# runs: keras
# models: model
import keras
from keras import layers


def freeze(model, until):
    frozen = True
    for layer in model.layers:
        if layer.name == until:
            frozen = False
        layer.trainable = not frozen


model = keras.Sequential(
    [keras.Input((28, 28, 1)), layers.Conv2D(8, 3, name="c1"), layers.Conv2D(8, 3, name="c2"), layers.Flatten(name="f"), layers.Dense(10, name="d")]
)
freeze(model, "c2")

# runs: keras
import keras
from keras import layers


def blocks(widths):
    for width in widths:
        yield layers.Dense(width, activation="relu")
        yield layers.Dropout(0.1)


model = keras.Sequential([keras.Input((15,)), *blocks([12, 10]), layers.Dense(1)])

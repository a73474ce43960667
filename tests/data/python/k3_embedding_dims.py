# runs: keras
# given: table = {"store": [0] * 11, "day": [0] * 7, "promo": [0] * 3}
# models: model
import keras
from keras import layers

categories = {"store": 1115, "day": 7, "month": 12}
inputs, parts = [], []
for name, count in categories.items():
    entry = keras.Input((1,), name=name)
    width = min(50, (count + 1) // 2)
    parts.append(layers.Flatten()(layers.Embedding(count, width, name=name + "_table")(entry)))
    inputs.append(entry)
numeric = keras.Input((4,), name="numeric")
x = layers.Concatenate()(parts + [numeric])
model = keras.Model(inputs + [numeric], layers.Dense(1)(layers.Dense(100)(x)))

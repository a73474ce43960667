# runs: keras
import keras
from keras import layers

model = keras.Sequential([keras.Input((12,)), layers.Dense(8, name="a"), layers.Dense(6, name="b"), layers.Dense(10, name="old")])
model.pop()
model.add(layers.Dense(3, name="new"))

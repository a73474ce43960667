# runs: keras-tf
import keras
from keras import layers

colour = keras.Input((1,), dtype="string", name="colour")
age = keras.Input((1,), name="age")
index = layers.StringLookup(vocabulary=["red", "green", "blue"], output_mode="int", name="index")(colour)
vector = layers.Flatten(name="vector")(layers.Embedding(4, 5, name="table")(index))
x = layers.Concatenate(name="features")([vector, layers.Normalization(mean=3.0, variance=2.0, name="scaled")(age)])
model = keras.Model([colour, age], layers.Dense(1, name="out")(x))

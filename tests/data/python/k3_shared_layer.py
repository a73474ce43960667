# runs: keras
import keras
from keras import layers

shared = layers.LSTM(48, name="shared")
project = layers.Dense(24, name="project")
a = keras.Input((140, 256), name="tweet_a")
b = keras.Input((140, 256), name="tweet_b")
merged = layers.concatenate([project(shared(a)), project(shared(b))], axis=-1)
model = keras.Model(inputs=[a, b], outputs=layers.Dense(1, activation="sigmoid")(merged))

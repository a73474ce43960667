# runs: keras
import keras
from keras import layers

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(64, activation="relu"), layers.Dense(1)])
model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])

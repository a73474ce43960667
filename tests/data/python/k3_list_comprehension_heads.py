# runs: keras
import keras
from keras import layers

n_outputs = {"speed": 1, "angle": 2, "gear": 6}
telemetry = keras.Input((48, 11), name="telemetry")
towers = [layers.Conv1D(6, k, padding="same", name=f"tower_{k}")(telemetry) for k in range(1, 8, 2)]
x = layers.Concatenate(name="towers")(towers)
x = layers.LSTM(18, name="memory")(x)
outputs = {name: layers.Dense(size, name=name)(x) for name, size in n_outputs.items()}
model = keras.Model(telemetry, outputs)

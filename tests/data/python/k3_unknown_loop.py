# runs: keras
# given: def read_layers(path): return [40, 30]
# inexact: yes
import keras

sizes = read_layers("layers.txt")
model = keras.Sequential([keras.Input((10,))])
for size in sizes:
    model.add(keras.layers.Dense(size, activation="relu"))
model.add(keras.layers.Dense(1))

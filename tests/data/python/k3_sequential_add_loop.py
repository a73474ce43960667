# runs: keras
from keras import Sequential, layers

HIDDEN = [96, 48, 24]

regressor = Sequential(name="regressor")
regressor.add(layers.Input((17,)))
for i, units in enumerate(HIDDEN):
    regressor.add(layers.Dense(units, activation="relu", name=f"hidden_{i}"))
    if i < len(HIDDEN) - 1:
        regressor.add(layers.Dropout(0.1 * (i + 1), name=f"drop_{i}"))
regressor.add(layers.Dense(1, name="out"))

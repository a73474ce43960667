# runs: keras
import keras
import numpy as np

steps = 10
series = np.sin(np.arange(0, 400) * 0.1).reshape(-1, 1)
X = np.zeros((390, steps, 1))
y = np.zeros(390)
for i in range(390):
    X[i] = series[i : i + steps]
    y[i] = series[i + steps, 0]

inputs = keras.layers.Input(shape=X.shape[1:])
x = keras.layers.SimpleRNN(20)(inputs)
model = keras.Model(inputs, keras.layers.Dense(1)(x))

# runs: keras
import keras
from keras import layers

n_steps, n_length, n_features = 4, 32, 9

model = keras.Sequential()
model.add(keras.Input((n_steps, n_length, n_features)))
model.add(layers.TimeDistributed(layers.Conv1D(64, 3, activation="relu")))
model.add(layers.TimeDistributed(layers.Conv1D(64, 3, activation="relu")))
model.add(layers.TimeDistributed(layers.Dropout(0.5)))
model.add(layers.TimeDistributed(layers.MaxPooling1D(2)))
model.add(layers.TimeDistributed(layers.Flatten()))
model.add(layers.LSTM(100))
model.add(layers.Dense(6, activation="softmax"))

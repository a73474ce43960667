# runs: keras
# models: front; model
import keras
from keras import layers

front = keras.Sequential([keras.Input((40, 3)), layers.Conv1D(8, 5), layers.MaxPooling1D(2)], name="front")
model = keras.Sequential(name="whole")
model.add(front)
model.add(layers.LSTM(12, name="rnn"))
model.add(layers.Dense(1, name="out"))

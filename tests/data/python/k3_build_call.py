# runs: keras
import keras
from keras import layers

model = keras.Sequential([layers.LSTM(24), layers.Dense(3)])
model.build(input_shape=(None, 12, 5))

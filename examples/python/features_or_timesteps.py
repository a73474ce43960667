"""Is input_dim the length of the sequence?

No, it is the number of features of one timestep. This model is meant for 100 timesteps of one feature, but it reads one
timestep of 100 features, which costs

    4 * (32 * (100 + 32) + 32) = 17,024

parameters instead of 4 * (32 * (1 + 32) + 32) = 4,352, and its recurrent weights have no effect. Reshape the data to
(samples, 100, 1), and write Input(shape=(100, 1)).
"""

from keras import Sequential
from keras.layers import LSTM, Dense, Input

model = Sequential()
model.add(Input(shape=(1, 100)))
model.add(LSTM(32))
model.add(Dense(1))

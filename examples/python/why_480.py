"""Why does LSTM(10) have 480 parameters, and not 120?

120 is 10 times the count of one unit: 4 * (1 * (1 + 1) + 1) = 12. But every unit sees the last outputs of all 10 units,
not only its own, so the count grows with the square of the units:

    4 * (units * (features + units) + units) = 4 * (10 * (1 + 10) + 10) = 480
"""

from keras import Sequential
from keras.layers import LSTM, Dense, Input

model = Sequential()
model.add(Input(shape=(None, 1)))
model.add(LSTM(10))
model.add(Dense(1))
model.summary()

"""Do the units of an LSTM have to be as many as the timesteps?

No. The units are the size of the state, and of the output. All timesteps use the same weights, so their number does not
enter the count: a model for 13 timesteps and one for 26 have the same 640 parameters,

    4 * (10 * (5 + 10) + 10) = 640
"""

from keras import Sequential
from keras.layers import LSTM, Input

short = Sequential([Input(shape=(13, 5)), LSTM(10)], name="short")
long = Sequential([Input(shape=(26, 5)), LSTM(10)], name="long")

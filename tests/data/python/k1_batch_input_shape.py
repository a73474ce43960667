# runs: keras1
from keras.models import Sequential
from keras.layers import Dense, LSTM, SimpleRNN

tsteps = 1
batch_size = 25
model = Sequential()
model.add(LSTM(50, batch_input_shape=(batch_size, tsteps, 1), return_sequences=True, stateful=True))
model.add(LSTM(50, return_sequences=False, stateful=True))
model.add(Dense(1))
model.compile(loss='mse', optimizer='rmsprop')

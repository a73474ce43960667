# runs: keras2
from keras.layers import Conv1D, Dense, Flatten, GRU, LSTM, SimpleRNN
from keras.models import Sequential

shape = (12, 3)
rnn = Sequential([SimpleRNN(10, input_shape=shape), Dense(1)])
lstm = Sequential([LSTM(10, input_shape=shape), Dense(1)])
gru = Sequential([GRU(10, input_shape=shape), Dense(1)])
cnn = Sequential([Conv1D(10, 3, input_shape=shape), Flatten(), Dense(1)])

# runs: keras1
from keras.models import Sequential
from keras.layers.core import Dense, Activation, Dropout
from keras.layers.recurrent import GRU, LSTM, SimpleRNN
from keras.regularizers import l2

hidden = 60
net = Sequential()
net.add(LSTM(output_dim=hidden, input_dim=7, input_length=20, return_sequences=True, init='glorot_uniform', inner_init='orthogonal'))
net.add(Dropout(0.2))
net.add(GRU(output_dim=hidden / 2 if False else 30, return_sequences=True))
net.add(SimpleRNN(15))
net.add(Dense(output_dim=3, W_regularizer=l2(0.01)))
net.add(Activation('linear'))

# runs: keras1
from keras.models import Sequential
from keras.layers import Activation, TimeDistributed, Dense, RepeatVector, recurrent

DIGITS = 3
MAXLEN = DIGITS + 1 + DIGITS
chars = '0123456789+ '
RNN = recurrent.LSTM
HIDDEN_SIZE = 128
LAYERS = 1

model = Sequential()
model.add(RNN(HIDDEN_SIZE, input_shape=(MAXLEN, len(chars))))
model.add(RepeatVector(DIGITS + 1))
for _ in range(LAYERS):
    model.add(RNN(HIDDEN_SIZE, return_sequences=True))
model.add(TimeDistributed(Dense(len(chars))))
model.add(Activation('softmax'))

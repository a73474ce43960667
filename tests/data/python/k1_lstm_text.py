# runs: keras1
# given: text = "the quick brown fox"
# sizes: len(chars) = 16
from keras.models import Sequential
from keras.layers import Dense, Activation, LSTM

chars = sorted(list(set(text)))
maxlen = 40
model = Sequential()
model.add(LSTM(128, input_shape=(maxlen, len(chars))))
model.add(Dense(len(chars)))
model.add(Activation('softmax'))

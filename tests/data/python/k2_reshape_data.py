# runs: keras2
# given: raw = "abc " * 200
# sizes: len(chars) = 4
from keras.layers import Dense, Dropout, LSTM
from keras.models import Sequential
from keras.utils import np_utils
import numpy as np

chars = sorted(list(set(raw)))
char_to_int = dict((c, i) for i, c in enumerate(chars))
n_chars = len(raw)
n_vocab = len(chars)
seq_length = 100
dataX, dataY = [], []
for i in range(0, n_chars - seq_length, 1):
    dataX.append([char_to_int[char] for char in raw[i:i + seq_length]])
    dataY.append(char_to_int[raw[i + seq_length]])
n_patterns = len(dataX)
X = np.reshape(dataX, (n_patterns, seq_length, 1))
X = X / float(n_vocab)
model = Sequential()
model.add(LSTM(256, input_shape=(X.shape[1], X.shape[2]), return_sequences=True))
model.add(Dropout(0.2))
model.add(LSTM(256))
model.add(Dropout(0.2))
model.add(Dense(n_vocab, activation='softmax'))

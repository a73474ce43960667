# runs: keras
# given: word2idx = dict.fromkeys(range(211)); tag2idx = dict.fromkeys(range(17))
# sizes: len(word2idx) = 211; len(tag2idx) = 17
from keras.layers import LSTM, Bidirectional, Dense, Embedding, Input, SpatialDropout1D, TimeDistributed
from keras.models import Model

MAX_LEN = 75
words = Input(shape=(MAX_LEN,))
x = Embedding(input_dim=len(word2idx) + 1, output_dim=40)(words)
x = SpatialDropout1D(0.1)(x)
x = Bidirectional(LSTM(units=50, return_sequences=True, recurrent_dropout=0.1))(x)
x = Bidirectional(LSTM(units=25, return_sequences=True), merge_mode="sum")(x)
out = TimeDistributed(Dense(len(tag2idx), activation="softmax"))(x)
model = Model(words, out)

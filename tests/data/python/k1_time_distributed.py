# runs: keras1
from keras.models import Sequential
from keras.layers import Dense, GRU, TimeDistributed, Bidirectional, Masking

model = Sequential([
    Masking(mask_value=0., input_shape=(25, 10)),
    Bidirectional(GRU(20, return_sequences=True)),
    TimeDistributed(Dense(4, activation='softmax')),
])

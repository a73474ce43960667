# runs: keras2
from keras.layers import GRU, Dense, Bidirectional
from keras.models import Sequential
from keras.utils import np_utils

model = Sequential()
model.add(GRU(32, input_shape=(20, 6), return_sequences=True, kernel_initializer='he_normal'))
model.add(Bidirectional(GRU(16)))
model.add(Dense(2))
model.fit_generator([], steps_per_epoch=10, epochs=2)

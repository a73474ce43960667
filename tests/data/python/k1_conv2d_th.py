# runs: keras1
from keras.models import Sequential
from keras.layers import Dense, Flatten, Convolution2D, MaxPooling2D
from keras.layers.normalization import BatchNormalization

model = Sequential()
model.add(Convolution2D(16, 5, 5, border_mode='same', input_shape=(3, 32, 32), dim_ordering='th', activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering='th'))
model.add(BatchNormalization(axis=1))
model.add(Convolution2D(32, 3, 3, dim_ordering='th'))
model.add(Flatten())
model.add(Dense(10, activation='softmax'))

# runs: keras2
from keras.layers import Convolution2D, MaxPooling2D, Dense, Flatten, Dropout
from keras.models import Sequential

model = Sequential()
model.add(Convolution2D(24, kernel_size=(5, 5), strides=(2, 2), activation='elu', input_shape=(66, 200, 3)))
model.add(Convolution2D(36, (5, 5), strides=(2, 2), activation='elu'))
model.add(MaxPooling2D((2, 2)))
model.add(Dropout(0.5))
model.add(Flatten())
model.add(Dense(50, activation='elu'))
model.add(Dense(1))

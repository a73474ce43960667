# runs: keras1
from keras import backend as K
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, Convolution2D, MaxPooling2D, ZeroPadding2D

K.set_image_dim_ordering('tf')
nb_classes = 10
img_rows, img_cols = 28, 28
pool_size = (2, 2)
model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(img_rows, img_cols, 1)))
model.add(Convolution2D(32, 3, 3, border_mode='valid'))
model.add(Activation('relu'))
model.add(Convolution2D(32, 3, 3, subsample=(2, 2)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=pool_size))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(128))
model.add(Activation('relu'))
model.add(Dense(nb_classes))
model.add(Activation('softmax'))

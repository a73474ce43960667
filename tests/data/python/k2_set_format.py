# runs: keras2
from keras import backend as K
from keras.layers import BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D, UpSampling2D, ZeroPadding2D
from keras.models import Sequential

K.set_image_data_format('channels_first')
model = Sequential()
model.add(ZeroPadding2D(2, input_shape=(3, 32, 40)))
model.add(Conv2D(8, 5))
model.add(BatchNormalization(axis=1))
model.add(Conv2D(4, 3, data_format='channels_first'))
model.add(UpSampling2D())
model.add(Flatten())
model.add(Dense(5))
K.set_image_data_format('channels_last')

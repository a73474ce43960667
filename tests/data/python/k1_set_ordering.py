# runs: keras1
from keras import backend as K
from keras.layers import Convolution2D, Dense, Flatten, GlobalAveragePooling2D, MaxPooling2D
from keras.models import Sequential

K.set_image_dim_ordering('th')
shape = (1, 28, 20) if K.image_dim_ordering() == 'th' else (28, 20, 1)
model = Sequential()
model.add(Convolution2D(32, 3, 3, border_mode='same', input_shape=shape))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Convolution2D(16, 5, 3))
model.add(GlobalAveragePooling2D())
model.add(Dense(5))

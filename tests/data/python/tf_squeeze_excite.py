# runs: tf_keras
from tensorflow.keras import Input, Model, backend as K
from tensorflow.keras.layers import Activation, Conv2D, Dense, GlobalAveragePooling2D, Multiply, Reshape


def squeeze_excite(x, ratio=4):
    channels = K.int_shape(x)[-1]
    s = GlobalAveragePooling2D()(x)
    s = Dense(channels // ratio, activation='relu', use_bias=False)(s)
    s = Dense(channels, activation='sigmoid', use_bias=False)(s)
    return Multiply()([x, Reshape((1, 1, channels))(s)])


inputs = Input((40, 40, 3))
x = Activation('relu')(Conv2D(32, 3)(inputs))
x = squeeze_excite(x)
x = squeeze_excite(Conv2D(64, 3)(x), ratio=8)
model = Model(inputs, GlobalAveragePooling2D()(x))

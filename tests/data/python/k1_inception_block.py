# runs: keras1
from keras.layers import Input, Convolution2D, MaxPooling2D, AveragePooling2D, Flatten, Dense, merge
from keras.models import Model


def block(x, nb, name):
    one = Convolution2D(nb, 1, 1, activation='relu', name=name + '_1x1')(x)
    three = Convolution2D(nb, 3, 3, border_mode='same', activation='relu', name=name + '_3x3')(x)
    pool = MaxPooling2D((3, 3), strides=(1, 1), border_mode='same', name=name + '_pool')(x)
    return merge([one, three, pool], mode='concat', concat_axis=3, name=name)


image = Input((32, 32, 3), name='image')
x = block(image, 8, 'a')
x = AveragePooling2D(name='down')(x)
x = block(x, 16, 'b')
model = Model(input=image, output=Dense(5, name='out')(Flatten(name='flat')(x)))

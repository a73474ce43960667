# runs: tf_keras
import tensorflow as tf
from tensorflow.keras.layers import BatchNormalization, Conv2D, Input, LeakyReLU, ZeroPadding2D

layout = [(16, 3, 1), (32, 3, 2), (16, 1, 1), (32, 3, 1)]


def darknet_block(x, filters, size, strides, index):
    if strides != 1:
        x = ZeroPadding2D(((1, 0), (1, 0)), name=f'pad_{index}')(x)
    x = Conv2D(filters, size, strides, padding='same' if strides == 1 else 'valid', use_bias=False, name='conv_{}'.format(index))(x)
    x = BatchNormalization(name='bnorm_' + str(index))(x)
    return LeakyReLU(alpha=0.1, name='leaky_%d' % index)(x)


image = x = Input((416, 416, 3), name='image')
for i, row in enumerate(layout, 1):
    x = darknet_block(x, *row, index=i)
darknet = tf.keras.Model(image, x, name='darknet')

# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import layers


def round_filters(filters, multiplier, divisor=8):
    new = max(divisor, int(filters * multiplier + divisor / 2) // divisor * divisor)
    if new < 0.9 * filters * multiplier:
        new += divisor
    return int(new)


def mobile(inputs, filters, strides=1, alpha=0.75):
    x = layers.DepthwiseConv2D(3, strides=strides, padding='same', use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(6.)(x)
    x = layers.Conv2D(round_filters(filters, alpha), 1, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU(6.)(x)


image = layers.Input((96, 96, 3))
x = layers.Conv2D(round_filters(32, 0.75), 3, strides=2, padding='same')(image)
for filters, strides in [(64, 1), (128, 2), (128, 1)]:
    x = mobile(x, filters, strides)
model = tf.keras.Model(image, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))

# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import layers


def unet(x, filters, depth):
    a = layers.Conv2D(filters, 3, padding='same', activation='relu')(x)
    if depth == 0:
        return a
    b = layers.MaxPooling2D()(a)
    b = unet(b, filters * 2, depth - 1)
    b = layers.UpSampling2D()(b)
    return layers.Conv2D(filters, 3, padding='same')(layers.concatenate([a, b]))


entry = layers.Input((64, 64, 1))
model = tf.keras.Model(entry, unet(entry, 4, 3))

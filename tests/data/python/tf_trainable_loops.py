# runs: tf_keras
import tensorflow as tf
from tensorflow.keras import layers

base = tf.keras.Sequential([layers.Dense(20, input_shape=(10,), name='one'), layers.BatchNormalization(name='norm'), layers.Dense(5, name='two')], name='base')
base.trainable = True
for layer in base.layers[:2]:
    layer.trainable = False
inputs = tf.keras.Input((10,))
model = tf.keras.Model(inputs, layers.Dense(1, name='out')(base(inputs)), name='model')
for layer in model.layers:
    if isinstance(layer, layers.Dense):
        layer.trainable = False
    elif 'norm' in layer.name:
        layer.trainable = True

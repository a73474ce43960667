# runs: tf_keras
# models: outer; inner; a; b; front; rebuilt; flagged
import tensorflow as tf
from tensorflow.keras import layers

inner = tf.keras.Sequential([layers.Dense(4, input_shape=(3,))], name='inner')
outer = tf.keras.Sequential([inner, layers.Dense(2)], name='outer')
inner.layers[0].trainable = False

shared = layers.Dense(5, name='shared')
a = tf.keras.Sequential([layers.Dense(6, input_shape=(2,)), shared], name='a')
b = tf.keras.Sequential([shared, layers.Dense(1)], name='b')
b.trainable = False

front = tf.keras.Sequential([layers.Dense(8, input_shape=(2,)), layers.Dense(1)], name='front')
front.pop()
front.add(layers.Dense(2))
rebuilt = tf.keras.Sequential(name='rebuilt')
for layer in a.layers + front.layers:
    if isinstance(layer, layers.Dense) and layer.units > 5:
        rebuilt.add(layers.Dense(layer.units // 2, input_shape=(9,)))

flagged = tf.keras.Sequential([layers.Dense(3, input_shape=(3,)), layers.BatchNormalization(), layers.Dense(3)], name='flagged')
setattr(flagged, 'trainable', False)
flagged.layers[-1].trainable = True

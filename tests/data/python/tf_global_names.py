# runs: tf_keras
# models: model
import tensorflow as tf

UNITS = 12
N_CLASSES = None


def configure():
    global N_CLASSES
    N_CLASSES = len({'a': 0, 'b': 1, 'c': 2})


def build():
    m = tf.keras.Sequential()
    m.add(tf.keras.layers.Dense(UNITS, input_shape=(4,)))
    m.add(tf.keras.layers.Dense(N_CLASSES))
    return m


configure()
UNITS = UNITS + 3
model = build()

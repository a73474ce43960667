# runs: tf_keras
# models: net
import functools
import time

import tensorflow as tf


def timed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.time()
        result = function(*args, **kwargs)
        print('built in', time.time() - start)
        return result
    return wrapper


@timed
def build(width, depth=2):
    model = tf.keras.Sequential(name='net')
    model.add(tf.keras.Input(shape=(9,)))
    for k in range(depth):
        model.add(tf.keras.layers.Dense(width * (k + 1), name='dense_%02d' % k))
    return model


net = build(11, depth=3)

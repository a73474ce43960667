# runs: tf_keras
import tensorflow as tf

model = tf.keras.Sequential()
model.add(tf.keras.Input((256,)))
units = 128
while units >= 8:
    model.add(tf.keras.layers.Dense(units, activation='elu'))
    units //= 2
model.add(tf.keras.layers.Dense(1))

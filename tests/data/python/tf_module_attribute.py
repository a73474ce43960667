# runs: tf_keras
# models: tf.model
import tensorflow as tf

tf.model = tf.keras.Sequential()
tf.model.add(tf.keras.layers.LSTM(units=7, input_shape=(15, 10), return_sequences=True))
tf.model.add(tf.keras.layers.TimeDistributed(tf.keras.layers.Dense(units=10)))
tf.model.summary()

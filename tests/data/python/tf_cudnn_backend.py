# runs: tf_keras
import tensorflow as tf

if tf.config.list_physical_devices('TPU'):
    print('on a TPU')
rnn = tf.keras.layers.LSTM
model = tf.keras.Sequential()
model.add(rnn(8, input_shape=(5, 3)))
model.add(tf.keras.layers.Dense(1))

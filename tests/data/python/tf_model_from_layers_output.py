# runs: tf_keras
# models: model; last_hidden; tuned
import tensorflow as tf
from tensorflow.keras import layers

inputs = layers.Input((13, 5), name='in')
h = layers.LSTM(9, return_sequences=True, name='lstm')(inputs)
h = layers.LSTM(7, name='lstm2')(h)
model = tf.keras.Model(inputs, layers.Dense(4, name='out')(h))
last_hidden = tf.keras.Model(model.input, model.layers[-2].output)
x = model.layers[1].output
x = layers.GlobalMaxPooling1D(name='pooled')(x)
tuned = tf.keras.Model(inputs=model.inputs, outputs=layers.Dense(2, name='new')(x))

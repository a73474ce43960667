# runs: tf_keras
import tensorflow as tf

ids = tf.keras.layers.Input(shape=(64,), dtype=tf.int32, name='ids')
mask = tf.keras.layers.Input(shape=(64,), dtype=tf.int32, name='mask')
table = tf.keras.layers.Embedding(900, 48, name='table')
hidden = table(ids) * tf.cast(tf.expand_dims(mask, -1), tf.float32)
pooled = tf.reduce_sum(hidden, axis=1) / 64.0
model = tf.keras.models.Model(inputs=[ids, mask], outputs=tf.keras.layers.Dense(2)(pooled))

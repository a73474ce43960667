# runs: tf_keras
import tensorflow as tf

spec = [('Dense', {'units': 30, 'activation': 'relu'}), ('Dropout', {'rate': 0.5}), ('Dense', {'units': 2})]
model = tf.keras.Sequential([tf.keras.Input((6,))])
for class_name, options in spec:
    model.add(getattr(tf.keras.layers, class_name)(**options))

# runs: tf_keras
# given: import tf_keras.api._v2.keras; patch("tf_keras.api._v2.keras.datasets.mnist.load_data", lambda: ((np.zeros((60, 28, 28)), np.zeros(60)), (np.zeros((10, 28, 28)), np.zeros(10))))
import tensorflow as tf

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1).astype('float32') / 255
model = tf.keras.models.Sequential()
model.add(tf.keras.layers.Conv2D(6, 5, padding='same', activation='tanh', input_shape=x_train.shape[1:]))
model.add(tf.keras.layers.AveragePooling2D())
model.add(tf.keras.layers.Conv2D(16, 5, activation='tanh'))
model.add(tf.keras.layers.AveragePooling2D())
model.add(tf.keras.layers.Flatten())
model.add(tf.keras.layers.Dense(120, activation='tanh'))
model.add(tf.keras.layers.Dense(84, activation='tanh'))
model.add(tf.keras.layers.Dense(10, activation='softmax'))

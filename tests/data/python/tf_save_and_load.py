# runs: tf_keras
# given: import tf_keras; from tf_keras import layers
# given: sizes = [(30, "selu"), (20, "selu"), (8, "softmax")]
# given: def load(path): return tf_keras.Sequential([layers.Flatten(input_shape=[28, 28])] + [layers.Dense(*size) for size in sizes])
# given: patch("tf_keras.api._v2.keras.models.load_model", load); patch("tf_keras.models.load_model", load); patch("tensorflow.keras.models.load_model", load)
# models: model_a; loaded; model_b; copy; functional; twin
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

model_a = keras.models.Sequential([layers.Flatten(input_shape=[28, 28])])
for n_hidden in (30, 20):
    model_a.add(layers.Dense(n_hidden, activation='selu'))
model_a.add(layers.Dense(8, activation='softmax'))
model_a.save('model_a.h5')
loaded = keras.models.load_model('model_a.h5')
model_b = keras.models.Sequential(loaded.layers[:-1])
model_b.add(layers.Dense(1, activation='sigmoid'))
for layer in model_b.layers[:-1]:
    layer.trainable = False
copy = keras.models.clone_model(model_a)
copy.layers[1].trainable = False

inputs = keras.Input((10, 3), name='series')
rnn = layers.LSTM(4, return_sequences=True, return_state=True)
x, h, c = rnn(inputs)
x, h, c = rnn(layers.Dense(3)(x), initial_state=[h, c])
functional = keras.Model(inputs, [x, layers.Concatenate()([h, c])], name='functional')
twin = keras.models.clone_model(functional)
twin.trainable = False

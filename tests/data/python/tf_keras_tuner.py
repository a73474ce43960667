# runs: tf_keras
# given: class HP: Int = lambda self, name, *a, **k: {"num_layers": 2}.get(name, 40); Choice = lambda self, name, v: v[0]; Boolean = lambda self, n: True
# models: build_model(HP())
# inexact: yes
from tensorflow import keras
from tensorflow.keras import layers


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Flatten(input_shape=(28, 28)))
    for i in range(hp.Int('num_layers', 2, 20)):
        model.add(layers.Dense(units=hp.Int('units_' + str(i), min_value=32, max_value=512, step=32), activation='relu'))
    if hp.Boolean('dropout'):
        model.add(layers.Dropout(0.25))
    model.add(layers.Dense(10, activation='softmax'))
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice('learning_rate', [1e-2, 1e-3])), loss='sparse_categorical_crossentropy')
    return model

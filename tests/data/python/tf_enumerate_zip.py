# runs: tf_keras
from tensorflow.keras import Input, Model, layers

kinds = ['conv', 'conv', 'pool', 'conv', 'flat', 'dense']
sizes = [8, 16, None, 32, None, 10]
inputs = Input((28, 28, 1))
x = inputs
for kind, size in zip(kinds, sizes):
    if kind == 'conv':
        x = layers.Conv2D(size, 3)(x)
    elif kind == 'pool':
        x = layers.MaxPooling2D()(x)
    elif kind == 'flat':
        x = layers.Flatten()(x)
    else:
        x = layers.Dense(size)(x)
model = Model(inputs, x)

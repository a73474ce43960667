# runs: keras
import keras
from keras import layers


def encoder(inputs, head_size, heads, ff_dim, dropout=0.0):
    x = layers.MultiHeadAttention(key_dim=head_size, num_heads=heads, dropout=dropout)(inputs, inputs)
    x = layers.Dropout(dropout)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    res = x + inputs
    x = layers.Conv1D(filters=ff_dim, kernel_size=1, activation="relu")(res)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv1D(filters=inputs.shape[-1], kernel_size=1)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    return x + res


def build(input_shape, blocks, mlp_units, classes):
    inputs = keras.Input(shape=input_shape)
    x = inputs
    for _ in range(blocks):
        x = encoder(x, 32, 2, 8, dropout=0.1)
    x = layers.GlobalAveragePooling1D(data_format="channels_last")(x)
    for dim in mlp_units:
        x = layers.Dense(dim, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


model = build((100, 6), blocks=3, mlp_units=[64], classes=4)

# runs: keras
import keras
from keras import layers

query = keras.Input((12, 48), name="query")
value = keras.Input((30, 48), name="value")
attended = layers.Attention(use_scale=True, name="dot")([query, value])
additive = layers.AdditiveAttention(name="additive")([query, value])
multi = layers.MultiHeadAttention(num_heads=4, key_dim=12, name="multi")(query, value)
x = layers.Concatenate(name="joined")([attended, additive, multi])
x = layers.LayerNormalization(name="norm")(x)
model = keras.Model([query, value], layers.Dense(5, name="out")(x))

# runs: keras
import keras
from keras import layers

config = {
    "vocab": 5000,
    "embedding": {"dim": 64, "mask_zero": True},
    "lstm": [{"units": 32, "return_sequences": True}, {"units": 16}],
    "dense": {"units": 1, "activation": "sigmoid"},
}

text = keras.Input(shape=(120,), dtype="int32", name="text")
x = layers.Embedding(config["vocab"], config["embedding"]["dim"], mask_zero=config["embedding"]["mask_zero"])(text)
for options in config["lstm"]:
    x = layers.LSTM(**options)(x)
classifier = keras.Model(text, layers.Dense(**config["dense"])(x))
classifier.compile(optimizer="rmsprop", loss="binary_crossentropy")

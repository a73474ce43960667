# runs: keras
# given: import json; patch("json.load", lambda f: {"units": 13, "classes": 5}); open = lambda *a: __import__("contextlib").nullcontext()
# sizes: config['units'] = 13; config['classes'] = 5
import json

import keras

with open("config.json") as f:
    config = json.load(f)

model = keras.Sequential(
    [keras.Input((8,)), keras.layers.Dense(config["units"]), keras.layers.Dense(config["classes"], activation="softmax")]
)

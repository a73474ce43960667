# runs: keras
# given: import os; patch("os.environ", {})
import os

import keras
from keras import layers

verbose = os.environ.get("VERBOSE")
model = keras.Sequential()
model.add(keras.Input((16,)))
if verbose:
    print("building")
model.add(layers.Dense(32, name="first"))
try:
    import wandb
except ImportError:
    wandb = None
model.add(layers.Dense(1, name="last"))

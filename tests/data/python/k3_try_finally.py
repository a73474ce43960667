# runs: keras
import keras

try:
    from keras.layers import DoesNotExist as Cell
except ImportError:
    from keras.layers import SimpleRNN as Cell
model = keras.Sequential([keras.Input((9, 3)), Cell(14), keras.layers.Dense(1)])

# runs: keras
# given: X = np.zeros((50, 9), dtype="float32")
# sizes: X.shape[1] = 9
import keras
from keras import layers

inputs = keras.Input(shape=(X.shape[1],))
x = layers.UnitNormalization()(inputs)
x = layers.GroupNormalization(groups=3)(x)
model = keras.Model(inputs, layers.Dense(1)(x))

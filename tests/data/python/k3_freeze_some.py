# runs: keras
import keras
from keras.layers import Dense, Input

model = keras.Sequential([Input((30,))] + [Dense(n, activation="relu") for n in (50, 40, 30, 20)] + [Dense(2)])
for layer in model.layers[:-2]:
    layer.trainable = False
model.layers[0].trainable = True

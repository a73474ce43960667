# runs: keras
import keras
from keras import layers

inputs = keras.Input((64, 64, 3))
skips = []
x = inputs
for depth in range(3):
    x = layers.Conv2D(8 * 2**depth, 3, padding="same", activation="relu", name=f"down{depth}")(x)
    skips.append(x)
    x = layers.MaxPooling2D(2, name=f"pool{depth}")(x)
x = layers.Conv2D(64, 3, padding="same", name="bottom")(x)
for depth, skip in reversed(list(enumerate(skips))):
    x = layers.Conv2DTranspose(8 * 2**depth, 2, strides=2, name=f"up{depth}")(x)
    x = layers.Concatenate(name=f"cat{depth}")([x, skip])
    x = layers.Conv2D(8 * 2**depth, 3, padding="same", activation="relu", name=f"merge{depth}")(x)
unet = keras.Model(inputs, layers.Conv2D(4, 1, activation="softmax", name="mask")(x))

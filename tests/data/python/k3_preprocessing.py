# runs: keras
import keras
from keras import layers

augmentation = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)], name="augmentation")
inputs = keras.Input((180, 180, 3))
x = augmentation(inputs)
x = layers.Rescaling(1.0 / 255)(x)
for size in [8, 16]:
    x = layers.SeparableConv2D(size, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))

# runs: keras
# models: embedding; siamese
import keras
from keras import layers, ops

embedding = keras.Sequential(
    [
        keras.Input((105, 105, 1)),
        layers.Conv2D(16, 7, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 5, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(64, activation="sigmoid"),
    ],
    name="embedding",
)
left = keras.Input((105, 105, 1), name="left")
right = keras.Input((105, 105, 1), name="right")
distance = layers.Lambda(lambda pair: ops.abs(pair[0] - pair[1]), name="distance")([embedding(left), embedding(right)])
siamese = keras.Model([left, right], layers.Dense(1, activation="sigmoid", name="same")(distance))

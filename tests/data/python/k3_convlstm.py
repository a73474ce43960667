# runs: keras
import keras
from keras import layers

frames = keras.Sequential(
    [
        layers.Input((None, 40, 40, 1)),
        layers.ConvLSTM2D(filters=20, kernel_size=(3, 3), padding="same", return_sequences=True),
        layers.BatchNormalization(),
        layers.ConvLSTM2D(filters=10, kernel_size=5, padding="same", return_sequences=True, recurrent_activation="hard_sigmoid"),
        layers.BatchNormalization(),
        layers.Conv3D(filters=1, kernel_size=(3, 3, 3), activation="sigmoid", padding="same"),
    ]
)

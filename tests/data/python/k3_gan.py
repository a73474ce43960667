# runs: keras
# models: generator; discriminator; gan
import keras
from keras import layers

NOISE = 100


def make_generator():
    model = keras.Sequential(name="generator")
    model.add(keras.Input((NOISE,)))
    model.add(layers.Dense(7 * 7 * 64, use_bias=False))
    model.add(layers.BatchNormalization())
    model.add(layers.LeakyReLU())
    model.add(layers.Reshape((7, 7, 64)))
    for filters, strides in ((32, 1), (16, 2)):
        model.add(layers.Conv2DTranspose(filters, (5, 5), strides=strides, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.LeakyReLU())
    model.add(layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"))
    return model


def make_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 5, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ],
        name="discriminator",
    )


generator = make_generator()
discriminator = make_discriminator()
discriminator.compile(loss="binary_crossentropy", optimizer="adam")
discriminator.trainable = False
noise = keras.Input((NOISE,))
gan = keras.Model(noise, discriminator(generator(noise)), name="gan")
gan.compile(loss="binary_crossentropy", optimizer="adam")

# runs: tf_keras
# models: model
import tensorflow as tf


class SmallerVGG:
    @staticmethod
    def build(width, height, depth, classes, finalAct="softmax"):
        model = tf.keras.models.Sequential()
        inputShape = (height, width, depth)
        chanDim = -1
        model.add(tf.keras.layers.Conv2D(32, (3, 3), padding="same", input_shape=inputShape))
        model.add(tf.keras.layers.Activation("relu"))
        model.add(tf.keras.layers.BatchNormalization(axis=chanDim))
        model.add(tf.keras.layers.MaxPooling2D(pool_size=(3, 3)))
        model.add(tf.keras.layers.Flatten())
        model.add(tf.keras.layers.Dense(classes))
        model.add(tf.keras.layers.Activation(finalAct))
        return model


model = SmallerVGG.build(width=96, height=96, depth=3, classes=5)

# runs: keras
# models: frame; video
import keras
from keras import layers

frame = keras.Sequential(
    [keras.Input((16, 16, 1)), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D()],
    name="frame",
)
frame.trainable = False
clip = keras.Input((None, 16, 16, 1))
x = layers.TimeDistributed(frame, name="frames")(clip)
x = layers.TimeDistributed(layers.Bidirectional(layers.LSTM(2)), name="odd")(layers.Reshape((2, -1, 4), name="pairs")(layers.Lambda(lambda t: t[:, :6], output_shape=(6, 4), name="cut")(x)))
video = keras.Model(clip, layers.GRU(3, name="gru")(x), name="video")

# runs: tf_keras
# models: model
import tensorflow as tf
from tensorflow.keras.layers import LSTM, Conv2D, Dense, Flatten, GlobalAveragePooling2D, Input, MaxPooling2D, TimeDistributed
from tensorflow.keras.models import Model, Sequential

cnn = Sequential(name='cnn')
cnn.add(Conv2D(8, 3, activation='relu', input_shape=(48, 48, 3)))
cnn.add(MaxPooling2D())
cnn.add(Flatten())
video = Input(shape=(10, 48, 48, 3))
frames = TimeDistributed(cnn)(video)
sequence = LSTM(32)(frames)
model = Model(video, Dense(6, activation='softmax')(sequence))

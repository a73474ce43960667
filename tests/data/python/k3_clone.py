# runs: keras
# models: teacher; student
import keras
from keras import layers

teacher = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 3, strides=2), layers.Flatten(), layers.Dense(10)], name="teacher")
student = keras.models.clone_model(teacher)

# runs: keras
# models: tower; twins; deep
import keras
from keras import layers

tower = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(3)], name="tower")
left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
twins = keras.Model([left, right], layers.concatenate([tower(left), tower(right)]), name="twins")
up, down = keras.Input((8,), name="up"), keras.Input((8,), name="down")
z = twins([up, down])
deep = keras.Model([up, down], layers.Dense(1, name="end")(layers.concatenate([z, tower(up)], name="joined")), name="deep")
tower.layers[0].trainable = False

# runs: keras
# inexact: yes
import keras
from keras import layers

a = keras.Sequential([keras.Input((4,))])
a.add(eval("layers.Dense(3)"))
b = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
exec("b.add(layers.Dense(5))")

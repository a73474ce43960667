# runs: tf_keras
# given: import tf_keras
# given: Exotic = type("Exotic", (tf_keras.layers.Dense,), {})
# given: fake("exotic", Exotic=Exotic)
# inexact: yes
from exotic import Exotic
from tensorflow.keras import Input, Model, layers

inputs = Input((8,))
x = layers.Dense(6)(inputs)
x = Exotic(5)(x)
model = Model(inputs, layers.Dense(2)(x))

# runs: keras
# given: import os; patch("os.environ", {"A": "1"})
# models: a; b; c; d; e
# inexact: yes
import os

import keras
from keras import layers

flag = os.environ.get("A")


def make(name):
    return keras.Sequential([keras.Input((4,)), layers.Dense(2)], name=name)


a = make("a")
flag and a.add(layers.Dense(3))
b = make("b")
b.trainable = bool(flag)
c = make("c")
for name in os.listdir("."):
    if name.endswith(".h5"):
        c.add(layers.Dense(4))
        break
d = make("d")
while len(d.layers) < int(os.environ.get("N", 3)):
    d.add(layers.Dense(5))
e = make("e")
(e if flag else d).add(layers.Dense(6))

# runs: keras
# given: def flip(): return True
# inexact: yes
import keras
from keras import layers


def start(name):
    return keras.Sequential([keras.Input((3,)), layers.Dense(2)], name=name)


a = start("a")
while True:
    a.add(layers.Dense(3))
    if flip():
        break

def maybe(model):
    if not flip():
        return model
    model.add(layers.Dense(6))
    return model


c = maybe(start("c"))


def freeze(model):
    for layer in model.layers:
        if flip():
            layer.trainable = False


d = start("d")
freeze(d)
e = start("e")
[e.add(layers.Dense(7)) for _ in range(3) if flip()]
f = start("f")
f.trainable = not flip()
g = start("g")
sizes = [4, 5]
if flip():
    sizes.append(6)
for size in sizes:
    g.add(layers.Dense(size))
h = start("h")
options = {"units": 3}
options.update(flip() and {"units": 4} or {})
h.add(layers.Dense(**options))

# runs: keras
# given: from keras import layers
# given: def tweak(model): model.summary(); model.add(layers.Dense(9))
# given: fake("helpers", tweak=tweak, wrap=lambda f: f, Trainer=tweak)
# models: c
import keras
from helpers import Trainer, tweak, wrap
from keras import layers


def make(name):
    return keras.Sequential([keras.Input((4,)), layers.Dense(2)], name=name)


a = make("a")
tweak(a)
b = make("b")
Trainer(b)


@wrap
def build():
    return make("c")


c = build()
d = make("d")
for step in (tweak, print):
    step(d)

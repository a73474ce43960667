# runs: keras
from dataclasses import dataclass, field
from enum import Enum, IntEnum

import keras
from keras import layers


class Size(Enum):
    SMALL = 4
    LARGE = 16


class Depth(IntEnum):
    SHALLOW = 1
    DEEP = 3


@dataclass
class Base:
    units: int = 8
    widths: list = field(default_factory=lambda: [2, 3])


@dataclass
class Settings(Base):
    depth: int = 2
    total: int = 0
    rate: float = field(default=0.5)

    def __post_init__(self):
        self.units *= 2
        self.total = self.units + sum(self.widths)


def build(settings):
    model = keras.Sequential([keras.Input((settings.total,))])
    for _ in range(settings.depth):
        model.add(layers.Dense(settings.units))
    for width in settings.widths:
        model.add(layers.Dense(width))
    return model


first, second = Settings(), Settings(5, depth=1)
first.widths.append(7)
a = build(first)
b = build(second)
c = keras.Sequential([keras.Input((Size.LARGE.value,)), layers.Dense(Size.SMALL.value, name=Size.SMALL.name.lower())])
d = keras.Sequential([keras.Input((3,))] + [layers.Dense(6) for _ in range(Depth.DEEP)])

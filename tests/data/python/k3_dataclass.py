# runs: keras
from dataclasses import dataclass, field

import keras
from keras import layers


@dataclass
class Settings:
    width: int = 128
    depth: int = 3
    dropout: float = 0.3
    shape: tuple = (20,)
    outputs: list = field(default_factory=lambda: [3, 5])


settings = Settings(width=60)
x = entry = keras.Input(settings.shape)
for _ in range(settings.depth):
    x = layers.Dense(settings.width, activation="gelu")(x)
    x = layers.Dropout(settings.dropout)(x)
heads = [layers.Dense(n, name=f"head_{n}")(x) for n in settings.outputs]
model = keras.Model(inputs=entry, outputs=heads)

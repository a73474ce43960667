# runs: keras
from keras import layers, models

model = models.Sequential()
model.add(layers.Input((20, 6)))
model.add(layers.GRU(12, return_sequences=True))
model.add(layers.LayerNormalization())
model.add(layers.Bidirectional(layers.GRU(5)))

# runs: keras
import keras

sizes = [64, 32]
alias = sizes
alias.append(16)
sizes.insert(0, 128)
sizes += [8]
del sizes[1]
model = keras.Sequential([keras.Input((5,))])
for size in sorted(sizes, reverse=True):
    model.add(keras.layers.Dense(size))

# runs: keras
# given: def load(n): return np.zeros((7, 31)) if n == "a" else np.zeros((7, 37))
# sizes: x.shape[1] = 31; y.shape[1] = 37; n // 4 = 17
import keras

x, y = load("a"), load("b")
n = x.shape[1] + y.shape[1]
model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(n // 4), keras.layers.Dense(y.shape[1])])

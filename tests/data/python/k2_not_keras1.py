# runs: keras2
# given: class Frame: merge = lambda self, *a, **k: self
# given: fake("pandas", read_csv=lambda *a: Frame())
# given: fake("sklearn.cluster", KMeans=lambda **k: None)
import pandas as pd
from keras import layers, models
from sklearn.cluster import KMeans

frame = pd.read_csv('stores.csv').merge(pd.read_csv('days.csv'), on='store')
clusters = KMeans(n_clusters=3, init='k-means++')
flow = dict(class_mode="binary")

model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(150, 150, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dense(1, activation='sigmoid'))

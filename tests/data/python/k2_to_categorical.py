# runs: keras2
# given: labels = np.arange(6)
# sizes: y.shape[1] = 6
from keras.layers import Dense
from keras.models import Sequential
from keras.utils import to_categorical

y = to_categorical(labels)
model = Sequential([Dense(20, input_dim=4, activation='relu'), Dense(y.shape[1], activation='softmax')])

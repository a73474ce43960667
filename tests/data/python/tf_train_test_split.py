# runs: tf_keras
# given: fake("sklearn.model_selection", train_test_split=lambda *a, **k: [v for x in a for v in (x[:3], x[3:])])
# given: fake("data", load=lambda name: (np.zeros((100, 19)), np.zeros((100,))))
# sizes: X_train.shape[1] = 19
from data import load
from sklearn.model_selection import train_test_split
from tensorflow import keras

X, y = load('wine')
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
model = keras.models.Sequential()
model.add(keras.layers.Dense(32, activation='relu', input_dim=X_train.shape[1]))
model.add(keras.layers.Dense(16, activation='relu'))
model.add(keras.layers.Dense(1))

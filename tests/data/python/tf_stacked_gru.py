# runs: tf_keras
# given: dataset = np.zeros((1000, 14), dtype="float32")
# sizes: dataset.shape[-1] = 14
from tensorflow.keras import layers, models, optimizers

lookback = 240
model = models.Sequential()
model.add(layers.GRU(32, dropout=0.1, recurrent_dropout=0.5, return_sequences=True, input_shape=(None, dataset.shape[-1])))
model.add(layers.GRU(64, activation='relu', dropout=0.1, recurrent_dropout=0.5))
model.add(layers.Dense(1))
model.compile(optimizer=optimizers.RMSprop(), loss='mae')

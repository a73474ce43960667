# runs: keras1
# models: autoencoder; encoder
from keras.layers import Input, Dense, RepeatVector, LSTM
from keras.models import Model

timesteps, input_dim, latent_dim = 12, 5, 24
inputs = Input(shape=(timesteps, input_dim))
encoded = LSTM(latent_dim)(inputs)
decoded = RepeatVector(timesteps)(encoded)
decoded = LSTM(input_dim, return_sequences=True)(decoded)
autoencoder = Model(inputs, decoded)
encoder = Model(inputs, encoded)

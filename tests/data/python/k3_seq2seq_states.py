# runs: keras
# given: pairs = [("a" * 5, "b" * 3)]
# given: def load(path): return [chr(i) for i in range(97)], [chr(i) for i in range(131)]
# sizes: len(source_chars) = 97; len(target_chars) = 131
# models: model; encoder_model; decoder_model
import keras

latent = 256
source_chars, target_chars = load("pairs.txt")
n_source, n_target = len(source_chars), len(target_chars)

encoder_inputs = keras.Input(shape=(None, n_source))
encoder = keras.layers.LSTM(latent, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]

decoder_inputs = keras.Input(shape=(None, n_target))
decoder_lstm = keras.layers.LSTM(latent, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = keras.layers.Dense(n_target, activation="softmax")
decoder_outputs = decoder_dense(decoder_outputs)
model = keras.Model([encoder_inputs, decoder_inputs], decoder_outputs)

encoder_model = keras.Model(encoder_inputs, encoder_states)
state_inputs = [keras.Input(shape=(latent,)), keras.Input(shape=(latent,))]
decoder_outputs, h, c = decoder_lstm(decoder_inputs, initial_state=state_inputs)
decoder_outputs = decoder_dense(decoder_outputs)
decoder_model = keras.Model([decoder_inputs] + state_inputs, [decoder_outputs] + [h, c])

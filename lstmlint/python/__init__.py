"""Python programs and notebooks that build Keras models, read without running them."""

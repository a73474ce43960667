"""What Keras accepts: arguments, types of values, serialized objects, headers and calls of layers."""

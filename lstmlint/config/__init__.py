"""What users configure: options, settings files, and the values, shapes and globs written in them."""

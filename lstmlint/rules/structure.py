"""S: shapes and graph."""

"""What all packages share: the model as parsed, shapes, findings, JSON pointers. Imports no other package."""

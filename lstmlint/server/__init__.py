"""The language server: findings, shapes and counts in an editor, while a model is being written.

Its logic is plain functions on texts and settings. `worker` runs them in a process of its own, `pool` talks to these
processes, and `language_server` translates their results into the protocol. Only the last one needs pygls.
"""

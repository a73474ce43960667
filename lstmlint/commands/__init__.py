"""The commands of the command line, one module per command, and what they share.

    arguments ──declarations──> Request ──check, explain, diff, convert, fix, rules──> exit code

`check` is `lstmlint PATH…`; `examining` analyzes each file for it, and `baselines` reads and writes its baselines.
`request` holds the options, `paths` and `revisions` find the models, `writing` writes the reports, `help` lays out --help.
The work itself is done in other packages.
"""

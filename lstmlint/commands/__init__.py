"""The commands of the command line, one module each, and what they share.

    arguments ──declarations──> Request ──check, explain, diff, convert, fix, rules──> exit code

`check` is `lstmlint PATH…` itself, `examining` its work on each file, `baselines` what it knows of them. `request` says
what was asked for, `paths` and `revisions` where the models are, `writing` where reports go. What the commands show is
worked out elsewhere.
"""

"""Which problems become findings, and which findings are reported: rules, suppressions, baselines."""

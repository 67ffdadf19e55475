"""The operator's commands, one a file: `add` names its arguments, `run` does it and answers the exit status."""

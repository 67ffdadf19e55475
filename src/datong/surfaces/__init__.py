"""Windows: HTTP in, HTML or JSON out. No rules, no SQL: each handler finds out who asks and calls a use case."""

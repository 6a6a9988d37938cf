"""The command line. Each command lives in a module of its own and imports what is heavy only when it runs."""

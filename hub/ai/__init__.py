"""The AI agent's side of the hub: the tools it is given, what it may do with them, and what it is shown."""

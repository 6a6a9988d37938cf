"""The AI agent's doors, and the one way from any of them to a tool."""

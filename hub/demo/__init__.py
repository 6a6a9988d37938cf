"""The simulated outside world: what the hub talks to when it is shown or tested, spoken over the real protocols.

Nothing here knows the hub's code. A world is an outsider: it listens on a port, posts signed webhooks, and keeps its
own account of what really arrived, so that a test can compare both sides.
"""

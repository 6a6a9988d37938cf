"""Measuring the hub from outside: `hub bench`.

The hub, and a bare server that does the least that could be called the same work, run as processes of their own on one
core together with PostgreSQL; the load comes from this process on another core. Figures of different machines, and of
one machine at different times, differ by a factor of two or three, so every figure stands beside what the same machine
could do at most in the same run. What is asked of the hub as a ratio to that limit is in `catalogue`.
"""

"""A conversation: what it is, what may happen to it, and what each happening leads to.

`state` holds the record and the table of its status; `commands` what can be asked of it; `receive`, `amend`, `reply`,
`report` and `assign` the decisions, one subject each; `step` the table from command to decision. All of it is pure.
"""

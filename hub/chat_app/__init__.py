"""The Chat App: the company's own app or web page, whose customers are known by the `customer_id` that it gives them.

Everything here is pure: who a customer is, and what of a conversation is theirs to see.
"""

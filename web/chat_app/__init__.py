"""The Chat App's doors: what the company's own app, its back end and its customers' devices reach the hub by."""

"""WhatsApp's doors: its webhooks in, its Graph API out."""

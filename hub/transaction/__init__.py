"""Money moves in two steps and never by an AI agent alone: a draft, the customer's own consent, above a limit another
person's approval, and one commit."""

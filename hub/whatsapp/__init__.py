"""The WhatsApp Cloud API in the hub's words: webhooks in, Graph requests out, and what their answers mean.

Everything here is pure. Facts come from Meta's developer pages; each module names the page it follows.
"""

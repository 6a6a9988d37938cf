"""Webhooks out: endpoints of others are told of events, signed, in order, again until they answer (Standard Webhooks,
https://www.standardwebhooks.com)."""

"""The configuration: one frozen object, one file, checked at start. `load` is the door, the other modules its rooms."""

from hub.config.channels import Channel, ChatAppChannel, WhatsAppChannel
from hub.config.config import Config
from hub.config.errors import ConfigError
from hub.config.load import Loaded, load
from hub.config.secret import Secret

__all__ = ["Channel", "ChatAppChannel", "Config", "ConfigError", "Loaded", "Secret", "WhatsAppChannel", "load"]

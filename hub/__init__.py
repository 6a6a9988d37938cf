"""Hub: where a company's conversations with its customers happen.

The modules directly in this package are the domain. They are pure: no I/O, no event loop, no clock; the moment is an
argument. `storage`, `actors` and `web` build on them, and `hub.app` is the one file that ties everything together.
"""

__version__ = "0.1.0"

"""The Model Context Protocol as this server speaks it: messages, versions, headers and results. Pure: no HTTP in it.

Two wires are spoken side by side. The modern one (revision 2026-07-28) is stateless: every request carries its version
and the client's capabilities, repeated in HTTP headers. The legacy one (2025-03-26 to 2025-11-25) begins with a
handshake, after which the client names the agreed version in a header; this server keeps nothing of it either.
Source: modelcontextprotocol.io, "Specification", pages "Base protocol", "Transports", "Versioning" and "Tools".
"""

"""Writes docs/reference/contract.md from the comments of the .proto files (make generate)."""

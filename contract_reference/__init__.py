"""Writes what is made of the comments of the .proto files (make generate): the contract's reference, OpenAPI."""

"""Readers of files that hold recordings."""

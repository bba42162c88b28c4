"""Measures how well faults of a signal are found: on PTB-XL's notes, and on damage inflicted on clean recordings."""

"""Measures a model on PTB-XL through the path that serves it: `python -m ecg_evaluation FOLDER`."""

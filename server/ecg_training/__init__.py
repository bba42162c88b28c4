"""Makes a bundle from a PTB-XL folder: `python -m ecg_training FOLDER`."""

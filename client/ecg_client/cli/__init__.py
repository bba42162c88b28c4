"""The command line `ecg`; needs the extra `cli`."""

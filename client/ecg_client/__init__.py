"""Client of the ECG classification service: recordings in, class probabilities out. Not a medical device."""

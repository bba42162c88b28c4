"""What it costs when a recording is not ten seconds of twelve sound leads at 100 Hz: measured through the classifier.

python -m ecg_evaluation.recording_forms PTBXL_FOLDER --document docs/recordings.md
"""

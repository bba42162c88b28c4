"""Writes the model card: `python -m ecg_evaluation.model_card docs/evaluation --output docs/model-card.md`."""

"""What a server wrote down, read again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ecg.v1 import prediction_pb2 as pb
from ecg_server.call import Call


def entries(*paths: Path) -> list[dict[str, Any]]:
    """Return the lines of files of JSON lines."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def spoil(path: Path) -> None:
    """Make a file one that cannot be written, as on a full disk."""
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/full")


def a_call(request_id: str = "q1") -> Call:
    """Return a call of a caller with a name."""
    return Call(request_id=request_id, method="/ecg.v1.EcgService/Predict", peer="ipv4:10.0.0.7", caller="ward 3")


def a_prediction(probabilities: Sequence[float] = (0.25, 0.75)) -> pb.Prediction:
    """Return the prediction of a model of two classes, at the threshold 0.5, that abstains twice for one reason."""
    abstention = pb.Abstention(reason=pb.ABSTENTION_REASON_UNFAMILIAR, message="odd")
    return pb.Prediction(
        recording_id="sentinel-id",
        classes=[
            pb.ClassPrediction(code=code, probability=probability, threshold=0.5, is_positive=probability >= 0.5)
            for code, probability in zip(("NORM", "MI"), probabilities, strict=True)
        ],
        model=pb.ModelVersion(name="fake", version="1.0.0", sha256="a" * 64),
        operating_point="f1",
        abstentions=[abstention, abstention],
    )

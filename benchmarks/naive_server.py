"""The same contract, served naively: grpc.aio and ONNX Runtime, each recording run by itself as it comes.

What a first version would be: no batches, no threads, no deadlines, no limits. Conversion is this service's own, so
that what differs is what lies between the wire and the network. With `--remember` it computes nothing twice: the
benchmark sends the same recordings over and over, so what is left is what gRPC itself costs.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

from grpc import aio

from benchmarks.machine import usable_cores
from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg.v1.ecg_service_pb2_grpc import EcgServiceServicer, add_EcgServiceServicer_to_server
from ecg_model.classifier import Classifier
from ecg_model.loading import Runtime, load_classifier
from ecg_server.prediction_conversion import PredictionConverter, model_summary_to_proto
from ecg_server.recording_conversion import recording_from_proto


class NaiveServicer(EcgServiceServicer):
    """Answers each recording before it looks at the next."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._converter = PredictionConverter(classifier)

    async def Predict(self, request: pb.PredictRequest, context: Any) -> pb.PredictResponse:  # noqa: ARG002, N802
        """Classify one recording."""
        response = pb.PredictResponse()
        self._answer(request.recording, response.prediction)
        return response

    async def PredictStream(  # noqa: N802
        self,
        request_iterator: AsyncIterator[pb.PredictStreamRequest],
        context: Any,  # noqa: ARG002
    ) -> AsyncIterator[pb.PredictStreamResponse]:
        """Classify the recordings of a stream, one after the other."""
        sequence_number = 0
        async for message in request_iterator:
            for recording in message.recordings:
                response = pb.PredictStreamResponse()
                result = response.results.add(recording_id=recording.recording_id, sequence_number=sequence_number)
                self._answer(recording, result.prediction)
                sequence_number += 1
                yield response

    async def Explain(self, request: pb.ExplainRequest, context: Any) -> pb.ExplainResponse:  # noqa: N802
        """Explain nothing: that is not what is compared."""
        raise NotImplementedError

    async def ModelSummary(self, request: pb.ModelSummaryRequest, context: Any) -> pb.ModelSummaryResponse:  # noqa: ARG002, N802
        """Describe the model."""
        return model_summary_to_proto(self._classifier)

    def _answer(self, recording: recording_pb2.Recording, answer: prediction_pb2.Prediction) -> None:
        (outcome,) = self._classifier.classify([recording_from_proto(recording)])
        if isinstance(outcome, Exception):
            raise outcome
        self._converter.fill(answer, outcome, recording.recording_id)


class RememberingServicer(NaiveServicer):
    """Answers a recording that it has seen before from memory."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__(classifier)
        self._answers: dict[bytes, prediction_pb2.Prediction] = {}

    def _answer(self, recording: recording_pb2.Recording, answer: prediction_pb2.Prediction) -> None:
        samples = recording.packed_signal.samples
        if samples not in self._answers:
            super()._answer(recording, answer)
            self._answers[samples] = prediction_pb2.Prediction()
            self._answers[samples].CopyFrom(answer)
        answer.CopyFrom(self._answers[samples])


async def serve(model: str, servicer_type: type[NaiveServicer]) -> None:
    """Serve until killed."""
    servicer = servicer_type(load_classifier(model, Runtime.ONNX, threads=usable_cores()))
    server = aio.server()
    add_EcgServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stderr.write(f"listening on 127.0.0.1:{port}\n")
    sys.stderr.flush()
    await server.wait_for_termination()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.naive_server", description=__doc__)
    parser.add_argument("--model", required=True, help="a shipped bundle, or the path of a bundle or .keras file")
    parser.add_argument("--remember", action="store_true", help="compute nothing twice")
    options = parser.parse_args()
    asyncio.run(serve(options.model, RememberingServicer if options.remember else NaiveServicer))

package io.github.ecgclassifier.client;

import io.github.ecgclassifier.ecg.v1.PredictStreamRequest;
import io.github.ecgclassifier.ecg.v1.PredictStreamResponse;
import io.github.ecgclassifier.ecg.v1.Recording;
import io.github.ecgclassifier.ecg.v1.RecordingResult;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** One stream: a thread that sends, while the one that calls receives. */
final class PredictStream implements AutoCloseable {
    /** Any number gives the same answers; this many cost little more than one. */
    private static final int RECORDINGS_PER_MESSAGE = 16;

    /** From here on a message is sent, however few it holds: sixteen long recordings are more than it may hold. */
    private static final int MESSAGE_BYTES = 4 << 20;

    private final BlockingClientCall<PredictStreamRequest, PredictStreamResponse> call;
    private final CompletableFuture<Integer> sent = new CompletableFuture<>();

    PredictStream(
            BlockingClientCall<PredictStreamRequest, PredictStreamResponse> call, Iterator<Recording> recordings) {
        this.call = call;
        Thread sender = new Thread(() -> send(recordings), "ecg-sender");
        sender.setDaemon(true);
        sender.start();
    }

    void receive(Consumer<RecordingResult> onResult) throws ServiceException, InterruptedException {
        int answered = 0;
        try {
            for (PredictStreamResponse next = call.read(); next != null; next = call.read()) {
                answered += next.getResultsCount();
                next.getResultsList().forEach(onResult);
            }
        } catch (StatusException ended) {
            throwSourceError();
            throw ServiceException.of(ended);
        }
        call.cancel("all is received", null);
        int count = sent.join();
        if (answered != count) {
            throw ServiceException.endedEarly(answered, count);
        }
    }

    /** Ends the stream, if it has not ended, and waits until no recording is taken any more. */
    @Override
    public void close() {
        call.cancel("nobody wants the results", null);
        sent.exceptionally(failure -> 0).join();
    }

    private void send(Iterator<Recording> recordings) {
        int count = 0;
        try {
            boolean isOpen = true;
            while (isOpen && recordings.hasNext()) {
                PredictStreamRequest message = nextMessage(recordings);
                count += message.getRecordingsCount();
                // Waits until there is room; why a stream cannot be sent to, the receiving side is told.
                isOpen = call.write(message);
            }
            call.halfClose();
            sent.complete(count);
        } catch (StatusException | InterruptedException ended) {
            sent.complete(count);
        } catch (RuntimeException | Error failure) {
            sent.completeExceptionally(failure);
            call.cancel("the recordings came to an end", failure);
        }
    }

    private static PredictStreamRequest nextMessage(Iterator<Recording> recordings) {
        PredictStreamRequest.Builder message = PredictStreamRequest.newBuilder();
        int bytes = 0;
        while (message.getRecordingsCount() < RECORDINGS_PER_MESSAGE
                && bytes < MESSAGE_BYTES
                && recordings.hasNext()) {
            Recording recording = recordings.next();
            bytes += recording.getSerializedSize();
            message.addRecordings(recording);
        }
        return message.build();
    }

    private void throwSourceError() {
        if (!sent.isCompletedExceptionally()) {
            return;
        }
        try {
            sent.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException source) {
                throw source;
            }
            throw failure;
        }
    }
}

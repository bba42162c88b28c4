package io.github.ecgclassifier.client;

import io.github.ecgclassifier.ecg.v1.EcgServiceGrpc;
import io.github.ecgclassifier.ecg.v1.EcgServiceGrpc.EcgServiceBlockingV2Stub;
import io.github.ecgclassifier.ecg.v1.ModelSummaryRequest;
import io.github.ecgclassifier.ecg.v1.ModelSummaryResponse;
import io.github.ecgclassifier.ecg.v1.PredictRequest;
import io.github.ecgclassifier.ecg.v1.Prediction;
import io.github.ecgclassifier.ecg.v1.Recording;
import io.github.ecgclassifier.ecg.v1.RecordingResult;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Classifies recordings over one connection; several threads may use it at once. Not a medical device.
 *
 * <p>The messages are those of the contract, {@code io.github.ecgclassifier.ecg.v1}. A recording is read from a file by
 * {@link WfdbRecord}, or made by hand.
 */
public final class EcgClient implements AutoCloseable {
    /** How long a call may take, in seconds. A stream may take as long as it takes. */
    public static final int DEADLINE_SECONDS = 30;

    private final ManagedChannel channel;
    private final EcgServiceBlockingV2Stub stub;

    /** Makes a client; it connects when something is asked. */
    public EcgClient(Connection connection) {
        channel = connection.open();
        stub = EcgServiceGrpc.newBlockingV2Stub(connection.authorized(channel));
    }

    /**
     * Classifies one recording. Where the service is unavailable the call is made again, a few times.
     *
     * @throws ServiceException the recording was refused, or the call ended otherwise
     */
    public Prediction predict(Recording recording) throws ServiceException {
        PredictRequest request = PredictRequest.newBuilder().setRecording(recording).build();
        try {
            return withDeadline().predict(request).getPrediction();
        } catch (StatusException ended) {
            throw ServiceException.of(ended);
        }
    }

    /**
     * Classifies many recordings over one stream, and gives one result for each, in their order.
     *
     * <p>The recordings are taken in a thread of its own, no faster than the service classifies them. A recording that
     * cannot be classified has an error in its result, and the stream goes on. A message leaves once it holds 16
     * recordings or 4 MiB: where a recording waits for the result of the one before, use {@link #predict}.
     *
     * @param recordings the recordings; what {@code next} throws ends the stream, and is thrown
     * @param onResult takes each result as soon as it is there, in the thread that calls
     * @throws ServiceException the stream ended before all was answered
     */
    public void predictStream(Iterator<Recording> recordings, Consumer<RecordingResult> onResult)
            throws ServiceException, InterruptedException {
        try (PredictStream stream = new PredictStream(stub.predictStream(), recordings)) {
            stream.receive(onResult);
        }
    }

    /** Describes the model that is being served, and what the service accepts. */
    public ModelSummaryResponse modelSummary() throws ServiceException {
        try {
            return withDeadline().modelSummary(ModelSummaryRequest.getDefaultInstance());
        } catch (StatusException ended) {
            throw ServiceException.of(ended);
        }
    }

    /** Closes the connection; calls in progress end with CANCELLED or UNAVAILABLE. */
    @Override
    public void close() {
        channel.shutdownNow();
    }

    private EcgServiceBlockingV2Stub withDeadline() {
        return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
}

package io.github.ecgclassifier.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.github.ecgclassifier.ecg.v1.FieldViolation;
import io.github.ecgclassifier.ecg.v1.RecordingError;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.util.List;

/** A call that ended with a status other than OK. Branch on the code and the reason, never on the message. */
public final class ServiceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient RecordingError details;

    private ServiceException(RecordingError details, Throwable cause) {
        super(details.getMessage(), cause);
        this.details = details;
    }

    static ServiceException of(StatusException ended) {
        return new ServiceException(detailsOf(ended), ended);
    }

    static ServiceException endedEarly(int answered, int sent) {
        String message = "the stream ended early, with %d of %d recordings answered".formatted(answered, sent);
        return of(Status.UNAVAILABLE.withDescription(message).asException());
    }

    /** Returns the status code, such as INVALID_ARGUMENT: the recording cannot be classified. */
    public Status.Code code() {
        return Status.fromCodeValue(details.getCode()).getCode();
    }

    /** Returns the reason as a constant in UPPER_SNAKE, such as "SAMPLE_NOT_FINITE"; empty where none was given. */
    public String reason() {
        return details.getReason();
    }

    /** Returns the fields that are wrong; none unless the recording was refused. */
    public List<FieldViolation> fieldViolations() {
        return details.getFieldViolationsList();
    }

    /** Returns all of it, in the form in which a stream tells of one recording. */
    public RecordingError details() {
        return details;
    }

    private static RecordingError detailsOf(StatusException ended) {
        RecordingError.Builder details = RecordingError.newBuilder()
                .setCode(ended.getStatus().getCode().value())
                .setMessage(messageOf(ended.getStatus()));
        // From the trailing metadata, grpc-status-details-bin; without it, from the status alone.
        for (Any detail : StatusProto.fromThrowable(ended).getDetailsList()) {
            try {
                addDetail(details, detail);
            } catch (InvalidProtocolBufferException unreadable) {
                details.setReason("");
            }
        }
        return details.build();
    }

    private static void addDetail(RecordingError.Builder details, Any detail) throws InvalidProtocolBufferException {
        if (detail.is(ErrorInfo.class)) {
            details.setReason(detail.unpack(ErrorInfo.class).getReason());
        } else if (detail.is(BadRequest.class)) {
            for (BadRequest.FieldViolation one : detail.unpack(BadRequest.class).getFieldViolationsList()) {
                details.addFieldViolationsBuilder().setField(one.getField()).setDescription(one.getDescription());
            }
        }
    }

    /** Of a connection that fails the transport tells in the cause. */
    private static String messageOf(Status status) {
        String message = status.getDescription() == null ? "" : status.getDescription();
        return status.getCause() == null ? message : (message + ": " + status.getCause().getMessage()).strip();
    }
}

package ecg

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

// DetailsOf tells of a call that failed what a stream tells of a recording: status code, reason, message, and the fields
// that are wrong. Branch on the code and the reason, never on the message. It returns nil for an error that is no
// status of a call.
func DetailsOf(err error) *ecgv1.RecordingError {
	ended, ok := status.FromError(err)
	if err == nil || !ok {
		return nil
	}
	found := &ecgv1.RecordingError{Code: int32(ended.Code()), Message: ended.Message()}
	for _, detail := range ended.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			found.Reason = detail.GetReason()
		case *errdetails.BadRequest:
			for _, one := range detail.GetFieldViolations() {
				violation := &ecgv1.FieldViolation{Field: one.GetField(), Description: one.GetDescription()}
				found.FieldViolations = append(found.FieldViolations, violation)
			}
		}
	}
	return found
}

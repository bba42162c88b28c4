package ecg

import (
	"errors"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestDetailsAreThoseOfTheStatus(t *testing.T) {
	ended, err := status.New(codes.InvalidArgument, "send hertz").WithDetails(
		&errdetails.ErrorInfo{Reason: "SAMPLE_RATE_INVALID", Domain: "ecg.v1"},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "recording.sample_rate_hz", Description: "it is 0"},
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	found := DetailsOf(ended.Err())
	if found.GetCode() != 3 || found.GetReason() != "SAMPLE_RATE_INVALID" || found.GetMessage() != "send hertz" {
		t.Error(found)
	}
	violations := found.GetFieldViolations()
	if len(violations) != 1 || violations[0].GetField() != "recording.sample_rate_hz" {
		t.Error(violations)
	}
}

func TestWhatIsNoStatusHasNoDetails(t *testing.T) {
	if found := DetailsOf(errors.New("no status")); found != nil {
		t.Error(found)
	}
	if found := DetailsOf(nil); found != nil {
		t.Error(found)
	}
}

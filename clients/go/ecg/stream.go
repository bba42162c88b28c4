package ecg

import (
	"context"
	"errors"
	"io"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

// A message is sent once it holds so many recordings, or so many bytes: of long recordings a few fill it. How they are
// grouped changes no answer.
const (
	recordingsPerMessage = 16
	bytesPerMessage      = 4 << 20
)

type predictStream = grpc.BidiStreamingClient[ecgv1.PredictStreamRequest, ecgv1.PredictStreamResponse]

// PredictStream classifies many recordings over one stream, and gives one result for each, in their order.
//
// The recordings are taken in another goroutine, no faster than the service classifies them; it has ended when the
// results have. A recording that cannot be classified has an error in its result, and the stream goes on. A stream that
// ends early gives an error as its last pair. A message leaves once it holds 16 recordings or 4 MiB: where a recording
// waits for the result of the one before, use [Client.Predict].
func (c *Client) PredictStream(
	ctx context.Context, recordings iter.Seq[*ecgv1.Recording],
) iter.Seq2[*ecgv1.RecordingResult, error] {
	return func(yield func(*ecgv1.RecordingResult, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stream, err := c.service.PredictStream(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		sending := make(chan int, 1)
		go func() { sending <- send(stream, recordings) }()
		answered, isWanted, err := receive(stream, yield)
		cancel()
		sent := <-sending
		if err == nil {
			err = checkComplete(answered, sent)
		}
		if err != nil && isWanted {
			yield(nil, err)
		}
	}
}

// send sends all recordings and ends its side of the stream; it returns how many it sent, or tried to.
func send(stream predictStream, recordings iter.Seq[*ecgv1.Recording]) (count int) {
	var group []*ecgv1.Recording
	size := 0
	for recording := range recordings {
		count++
		group = append(group, recording)
		size += proto.Size(recording)
		if len(group) == recordingsPerMessage || size >= bytesPerMessage {
			// Why a stream cannot be sent to, the receiving side is told.
			if stream.Send(&ecgv1.PredictStreamRequest{Recordings: group}) != nil {
				return count
			}
			group, size = nil, 0
		}
	}
	if len(group) > 0 && stream.Send(&ecgv1.PredictStreamRequest{Recordings: group}) != nil {
		return count
	}
	_ = stream.CloseSend()
	return count
}

// receive yields all results; it returns how many, whether more are wanted, and how the stream ended, if not well.
func receive(
	stream predictStream, yield func(*ecgv1.RecordingResult, error) bool,
) (count int, isWanted bool, err error) {
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return count, true, nil
		}
		if err != nil {
			return count, true, err
		}
		for _, result := range response.GetResults() {
			if !yield(result, nil) {
				return count, false, context.Canceled
			}
			count++
		}
	}
}

func checkComplete(answered, sent int) error {
	if answered == sent {
		return nil
	}
	return status.Errorf(codes.Unavailable, "the stream ended early, with %d of %d recordings answered", answered, sent)
}

// Package ecg calls the ECG classification service: recordings in, class probabilities out. Not a medical device.
//
// The messages are those of the contract, package ecgv1 beside this one; a recording is read from a file by package
// wfdb, or made by hand.
package ecg

import (
	"context"
	"time"

	"google.golang.org/grpc"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

const (
	// DefaultAddress is where a server listens unless it is told otherwise.
	DefaultAddress = "127.0.0.1:50051"
	// DefaultTimeout is how long a call may take whose context has no deadline. A stream may take as long as it takes.
	DefaultTimeout = 30 * time.Second
	// MaxMessageBytes is the largest message that is sent or received; gRPC alone would receive no more than 4 MiB.
	MaxMessageBytes = 64 << 20
)

// Streams are not retried: some of their results may have been used.
const serviceConfig = `{
	"methodConfig": [{
		"name": [
			{"service": "ecg.v1.EcgService", "method": "Predict"},
			{"service": "ecg.v1.EcgService", "method": "ModelSummary"}
		],
		"retryPolicy": {
			"maxAttempts": 4,
			"initialBackoff": "0.1s",
			"maxBackoff": "2s",
			"backoffMultiplier": 3,
			"retryableStatusCodes": ["UNAVAILABLE"]
		}
	}]
}`

// Client classifies recordings over one connection. It may be used by several goroutines at once.
type Client struct {
	connection *grpc.ClientConn
	service    ecgv1.EcgServiceClient
}

// NewClient returns a client of the service at an address, HOST:PORT. It connects when something is asked.
//
// The error tells what is wrong with the address or the credentials; whether the service is there, the first call tells.
func NewClient(address string, credentials Credentials) (*Client, error) {
	options, err := credentials.dialOptions(address)
	if err != nil {
		return nil, err
	}
	connection, err := grpc.NewClient(address, append(options,
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(MaxMessageBytes),
			grpc.MaxCallSendMsgSize(MaxMessageBytes),
			// A call whose message is larger is not retried; by itself gRPC stops at 256 KiB.
			grpc.MaxRetryRPCBufferSize(MaxMessageBytes),
		))...)
	if err != nil {
		return nil, err
	}
	return &Client{connection, ecgv1.NewEcgServiceClient(connection)}, nil
}

// Close closes the connection; calls in progress end with CANCELLED.
func (c *Client) Close() error {
	return c.connection.Close()
}

// Predict classifies one recording. What is wrong with one that cannot be classified, [DetailsOf] reads from the error.
func (c *Client) Predict(ctx context.Context, recording *ecgv1.Recording) (*ecgv1.Prediction, error) {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	response, err := c.service.Predict(ctx, &ecgv1.PredictRequest{Recording: recording})
	return response.GetPrediction(), err
}

// ModelSummary describes the model that is being served, and what the service accepts.
func (c *Client) ModelSummary(ctx context.Context) (*ecgv1.ModelSummaryResponse, error) {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	return c.service.ModelSummary(ctx, &ecgv1.ModelSummaryRequest{})
}

func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, DefaultTimeout)
}

package main

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/ecg-classifier/ecg-classifier/clients/go/ecg"
	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
	"github.com/ecg-classifier/ecg-classifier/clients/go/wfdb"
)

const headerSuffix = ".hea"

// headersUnder lists the headers under a folder, in the order of their paths.
func headersUnder(folder string) ([]string, error) {
	var headers []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, headerSuffix) {
			headers = append(headers, path)
		}
		return err
	})
	if err == nil && len(headers) == 0 {
		err = fmt.Errorf("there is no %s file under %s; give a folder of WFDB records", headerSuffix, folder)
	}
	return headers, err
}

// classifyOne classifies a record by a call; the error tells that the call ended for another reason than the record.
func classifyOne(client *ecg.Client, headers []string, printed *lines) error {
	header := headers[0]
	recording, err := wfdb.ReadRecord(header)
	if err != nil {
		printed.unreadable(header, err)
		return nil
	}
	prediction, err := client.Predict(context.Background(), recording)
	if refused := ecg.DetailsOf(err); refused.GetCode() == int32(codes.InvalidArgument) {
		printed.refused(header, refused)
		return nil
	}
	if err == nil {
		printed.prediction(header, prediction)
	}
	return err
}

// classifyAll classifies records over one stream; the error tells that the stream ended early.
func classifyAll(client *ecg.Client, headers []string, printed *lines) error {
	// What became of each file, in order: nil where it was sent. It holds them all, so that sending never waits for
	// what is printed.
	read := make(chan error, len(headers))
	next := 0
	for result, err := range client.PredictStream(context.Background(), readAll(headers, read)) {
		if err != nil {
			return err
		}
		next = printUnreadable(headers, next, read, printed)
		printed.result(headers[next], result)
		next++
	}
	printUnreadable(headers, next, read, printed)
	return nil
}

// readAll yields the records that can be read, and tells of each whether it could.
func readAll(headers []string, read chan<- error) iter.Seq[*ecgv1.Recording] {
	return func(yield func(*ecgv1.Recording) bool) {
		defer close(read)
		for _, header := range headers {
			recording, err := wfdb.ReadRecord(header)
			read <- err
			if err == nil && !yield(recording) {
				return
			}
		}
	}
}

// printUnreadable prints the files that could not be read, up to one that was sent; it returns the place of that.
func printUnreadable(headers []string, next int, read <-chan error, printed *lines) int {
	for err := range read {
		if err == nil {
			break
		}
		printed.unreadable(headers[next], err)
		next++
	}
	return next
}

// Package wfdb reads ECG recordings as PTB-XL has them: a WFDB header (.hea) and beside it one signal file (.dat) in
// format 16, with the twelve standard leads or some of them.
package wfdb

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

// noSample stands for a sample that was not taken.
const noSample = math.MinInt16

// ReadRecord reads the record of a header. Its recording id is the name of the file, without .hea.
//
// Where all leads share one gain and have no baseline the integers are kept as they were digitised; otherwise the signal
// becomes millivolts. Any rate and length are taken, as is what the service will refuse. Age, sex, height, weight and a
// pacemaker are read from comments of the header, such as "# Age: 61".
//
// An error names the file, what is wrong in it, and a remedy.
func ReadRecord(headerPath string) (*ecgv1.Recording, error) {
	text, err := os.ReadFile(headerPath)
	if err != nil {
		return nil, fmt.Errorf("%w; give the path of a header (.hea)", err)
	}
	parsed, err := parseHeader(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", headerPath, err)
	}
	samples, err := readSamples(filepath.Join(filepath.Dir(headerPath), parsed.file), parsed)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(headerPath)
	return &ecgv1.Recording{
		RecordingId:  name[:len(name)-len(filepath.Ext(name))],
		Metadata:     parseComments(string(text)),
		SampleRateHz: parsed.rateHz,
		PackedSignal: packSignal(parsed.channels, samples),
	}, nil
}

// readSamples returns the bytes of the samples, as many as the header announces.
func readSamples(path string, parsed header) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w; keep the signal file beside its header", err)
	}
	frame := 2 * len(parsed.channels)
	if parsed.sampleCount < 0 {
		return content[:len(content)/frame*frame], nil
	}
	if len(content)/frame < parsed.sampleCount {
		return nil, fmt.Errorf("%s: it has %d bytes, but %d leads of %d samples are %d; copy it anew",
			path, len(content), len(parsed.channels), parsed.sampleCount, frame*parsed.sampleCount)
	}
	return content[:frame*parsed.sampleCount], nil
}

// packSignal brings samples from sample after sample, as in the file, to lead after lead, as on the wire.
func packSignal(channels []channel, samples []byte) *ecgv1.PackedSignal {
	packed := &ecgv1.PackedSignal{
		Format:            ecgv1.SampleFormat_SAMPLE_FORMAT_FLOAT32_LE,
		MicrovoltsPerUnit: 1000,
		Samples:           make([]byte, 0, 2*len(samples)),
	}
	isPlain := isPlain(channels, samples)
	if isPlain {
		packed.Format = ecgv1.SampleFormat_SAMPLE_FORMAT_INT16_LE
		packed.MicrovoltsPerUnit = 1000 * (channels[0].millivolts / channels[0].gain)
	}
	for index, channel := range channels {
		packed.LeadNames = append(packed.LeadNames, channel.lead)
		for at := 2 * index; at < len(samples); at += 2 * len(channels) {
			if isPlain {
				packed.Samples = append(packed.Samples, samples[at], samples[at+1])
			} else {
				bits := math.Float32bits(channel.inMillivolts(sampleAt(samples, at)))
				packed.Samples = binary.LittleEndian.AppendUint32(packed.Samples, bits)
			}
		}
	}
	return packed
}

// isPlain tells whether one factor makes millivolts of every sample.
func isPlain(channels []channel, samples []byte) bool {
	for _, channel := range channels {
		if channel.baseline != 0 || channel.millivolts/channel.gain != channels[0].millivolts/channels[0].gain {
			return false
		}
	}
	for at := 0; at < len(samples); at += 2 {
		if sampleAt(samples, at) == noSample {
			return false
		}
	}
	return true
}

func (c channel) inMillivolts(sample int16) float32 {
	if sample == noSample {
		return float32(math.NaN())
	}
	return float32((float64(sample) - c.baseline) / c.gain * c.millivolts)
}

func sampleAt(samples []byte, at int) int16 {
	return int16(binary.LittleEndian.Uint16(samples[at:]))
}

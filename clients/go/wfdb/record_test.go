package wfdb

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

// write puts a record of these signal lines and samples, sample after sample, into a folder; it returns its header.
func write(t *testing.T, recordLine, signalLines string, samples ...int16) string {
	t.Helper()
	folder := t.TempDir()
	content, err := binary.Append(nil, binary.LittleEndian, samples)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("# a comment\n%s\n%s\n#Age: 61\n", recordLine, signalLines)
	for name, bytes := range map[string][]byte{"r.hea": []byte(text), "r.dat": content} {
		if err := os.WriteFile(filepath.Join(folder, name), bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "r.hea")
}

func read(t *testing.T, recordLine, signalLines string, samples ...int16) *ecgv1.Recording {
	t.Helper()
	recording, err := ReadRecord(write(t, recordLine, signalLines, samples...))
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func floats(packed *ecgv1.PackedSignal) []float32 {
	numbers := make([]float32, len(packed.GetSamples())/4)
	_, _ = binary.Decode(packed.GetSamples(), binary.LittleEndian, numbers)
	return numbers
}

func TestIntegersOfOneGainAreKept(t *testing.T) {
	recording := read(t, "r 2 500 3",
		"r.dat 16 200.0(0)/mV 16 0 1 0 0 II\nr.dat 16 200/mV 16 0 2 0 0 aVR", 1, -2, 3, 4, 5, 6)
	packed := recording.GetPackedSignal()
	if recording.GetRecordingId() != "r" || recording.GetSampleRateHz() != 500 || recording.GetMetadata().GetAgeYears() != 61 {
		t.Error(recording)
	}
	if !slices.Equal(packed.GetLeadNames(), []ecgv1.LeadName{ecgv1.LeadName_LEAD_NAME_II, ecgv1.LeadName_LEAD_NAME_AVR}) {
		t.Error(packed.GetLeadNames())
	}
	if packed.GetFormat() != ecgv1.SampleFormat_SAMPLE_FORMAT_INT16_LE || packed.GetMicrovoltsPerUnit() != 5 {
		t.Error(packed.GetFormat(), packed.GetMicrovoltsPerUnit())
	}
	if want := []byte{1, 0, 3, 0, 5, 0, 0xfe, 0xff, 4, 0, 6, 0}; !slices.Equal(packed.GetSamples(), want) {
		t.Errorf("not lead after lead: %v", packed.GetSamples())
	}
}

func TestWhatOneFactorCannotTellBecomesMillivolts(t *testing.T) {
	for name, one := range map[string]struct {
		lines   string
		samples []int16
		want    []float32
	}{
		"gains":              {"r.dat 16 100/mV 16 0 0 0 0 I\nr.dat 16 50/mV 16 0 0 0 0 II", []int16{100, 100}, []float32{1, 2}},
		"a baseline":         {"r.dat 16 100(50)/mV 16 0 0 0 0 I", []int16{150}, []float32{1}},
		"a converter's zero": {"r.dat 16 100/mV 16 50 0 0 0 I", []int16{150}, []float32{1}},
		"units":              {"r.dat 16 1/\xb5V 16 0 0 0 0 I\nr.dat 16 1/V 16 0 0 0 0 II", []int16{500, 2}, []float32{0.5, 2000}},
		"no sample":          {"r.dat 16 100/mV 16 0 0 0 0 I", []int16{100, noSample}, []float32{1, float32(math.NaN())}},
	} {
		recordLine := fmt.Sprintf("r %d 100", 1+strings.Count(one.lines, "\n"))
		packed := read(t, recordLine, one.lines, one.samples...).GetPackedSignal()
		if packed.GetFormat() != ecgv1.SampleFormat_SAMPLE_FORMAT_FLOAT32_LE || packed.GetMicrovoltsPerUnit() != 1000 {
			t.Error(name, packed.GetFormat(), packed.GetMicrovoltsPerUnit())
		}
		if got := floats(packed); fmt.Sprint(got) != fmt.Sprint(one.want) {
			t.Error(name, got)
		}
	}
}

func TestWhatAHeaderLeavesOut(t *testing.T) {
	recording := read(t, "r 1", "r.dat 16 0 16 0 0 0 0 I", 200)
	if recording.GetSampleRateHz() != 250 || recording.GetPackedSignal().GetMicrovoltsPerUnit() != 5 {
		t.Error(recording)
	}
}

func TestErrorsTellWhereAndWhatToDo(t *testing.T) {
	const line = "r.dat 16 100/mV 16 0 0 0 0 I"
	for want, lines := range map[string][2]string{
		"line 2: the number of signals is": {"hello", ""},
		"several segments":                 {"r/3 1 100", line},
		"2 signals are announced":          {"r 2 100 1", line},
		"the sample rate is \"fast\"":      {"r 1 fast", line},
		"the number of samples is \"-1\"":  {"r 1 100 -1", line},
		"r.dat: it has 2 bytes":            {"r 1 100 2", line},
		"line 3: the format is \"212\"":    {"r 1 100", "r.dat 212 100/mV 16 0 0 0 0 I"},
		"the lead is \"MLII\"":             {"r 1 100", "r.dat 16 100/mV 16 0 0 0 0 MLII"},
		"the lead is \"\"":                 {"r 1 100", "r.dat 16 100/mV"},
		"the unit is \"mmHg\"":             {"r 1 100", "r.dat 16 100/mmHg 16 0 0 0 0 I"},
		"the gain is \"1,000/mV\"":         {"r 1 100", "r.dat 16 1,000/mV 16 0 0 0 0 I"},
		"the gain is \"NaN/mV\"":           {"r 1 100", "r.dat 16 NaN/mV 16 0 0 0 0 I"},
		"the signal file is \"../r.dat\"":  {"r 1 100", "../r.dat 16 100/mV 16 0 0 0 0 I"},
		"keep the signal file beside":      {"r 1 100", "s.dat 16 100/mV 16 0 0 0 0 I"},
	} {
		_, err := ReadRecord(write(t, lines[0], lines[1], 1))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

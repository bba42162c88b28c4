package wfdb

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

const (
	// What holds where a header does not say.
	defaultRate = 250.0
	defaultGain = 200.0
	defaultUnit = "mV"
)

// A micro sign may be either letter; one in Latin-1 is no UTF-8.
var millivoltsOfUnit = map[string]float64{
	"nv": 1e-6, "uv": 1e-3, "µv": 1e-3, "μv": 1e-3, "\ufffdv": 1e-3, "mv": 1, "v": 1e3,
}

// header is what a .hea file says.
type header struct {
	name        string
	rateHz      float64
	sampleCount int // of each lead; -1: it does not say
	file        string
	channels    []channel
}

// channel is one signal line.
type channel struct {
	lead       ecgv1.LeadName
	gain       float64 // units of a sample to the unit of the header
	baseline   float64 // the sample that is 0
	millivolts float64 // of one unit of the header
}

func parseHeader(text string) (header, error) {
	var lines [][]string
	var numbers []int
	for index, line := range strings.Split(text, "\n") {
		if fields := strings.Fields(line); len(fields) > 0 && !strings.HasPrefix(fields[0], "#") {
			lines, numbers = append(lines, fields), append(numbers, index+1)
		}
	}
	if len(lines) == 0 {
		return header{}, fmt.Errorf("the header is empty; copy it anew")
	}
	parsed, count, err := parseRecordLine(lines[0])
	if err != nil {
		return header{}, fmt.Errorf("line %d: %w", numbers[0], err)
	}
	if len(lines)-1 < count {
		return header{}, fmt.Errorf("line %d: %d signals are announced, but %d described; copy it anew",
			numbers[0], count, len(lines)-1)
	}
	for index, fields := range lines[1 : count+1] {
		if err := parsed.addSignalLine(fields); err != nil {
			return header{}, fmt.Errorf("line %d: %w", numbers[index+1], err)
		}
	}
	return parsed, nil
}

// parseRecordLine reads "NAME SIGNALS [RATE[/COUNTER] [SAMPLES …]]", and how many signal lines follow.
func parseRecordLine(fields []string) (header, int, error) {
	parsed := header{name: fields[0], rateHz: defaultRate, sampleCount: -1}
	if strings.Contains(parsed.name, "/") {
		return parsed, 0, fmt.Errorf("the record has several segments; give each as a record of its own")
	}
	count, err := strconv.Atoi(fieldAt(fields, 1, ""))
	if err != nil || count < 1 {
		return parsed, 0, fmt.Errorf("the number of signals is %q; is it a WFDB header?", fieldAt(fields, 1, ""))
	}
	if len(fields) > 2 {
		rate, _, _ := strings.Cut(fields[2], "/")
		if parsed.rateHz, err = strconv.ParseFloat(rate, 64); err != nil {
			return parsed, 0, fmt.Errorf("the sample rate is %q; write the samples per second", fields[2])
		}
	}
	if len(fields) > 3 {
		if parsed.sampleCount, err = strconv.Atoi(fields[3]); err != nil || parsed.sampleCount < 0 {
			return parsed, 0, fmt.Errorf("the number of samples is %q; write a whole number", fields[3])
		}
	}
	return parsed, count, nil
}

// addSignalLine reads "FILE FORMAT GAIN(BASELINE)/UNIT RESOLUTION ZERO FIRST CHECKSUM BLOCK LEAD".
func (h *header) addSignalLine(fields []string) error {
	if h.file == "" {
		h.file = fields[0]
	}
	lead := ecgv1.LeadName_value["LEAD_NAME_"+strings.ToUpper(strings.Join(fields[min(8, len(fields)):], " "))]
	switch {
	case fields[0] != h.file || fields[0] != filepath.Base(fields[0]):
		return fmt.Errorf("the signal file is %q; keep all leads in one file beside the header", fields[0])
	case fieldAt(fields, 1, "") != "16":
		return fmt.Errorf("the format is %q; convert the samples to format 16", fieldAt(fields, 1, ""))
	case lead == 0:
		return fmt.Errorf("the lead is %q; name one of I, II, III, aVR, aVL, aVF, V1 to V6",
			strings.Join(fields[min(8, len(fields)):], " "))
	}
	parsed, err := parseScale(fieldAt(fields, 2, "0"), fieldAt(fields, 4, "0"))
	parsed.lead = ecgv1.LeadName(lead)
	h.channels = append(h.channels, parsed)
	return err
}

// parseScale reads "GAIN[(BASELINE)][/UNIT]"; where there is no baseline the converter's zero is it.
func parseScale(field, zero string) (channel, error) {
	scale, unit, hasUnit := strings.Cut(field, "/")
	if !hasUnit {
		unit = defaultUnit
	}
	gain, baseline, hasBaseline := strings.Cut(strings.TrimSuffix(scale, ")"), "(")
	if !hasBaseline {
		baseline = zero
	}
	parsed := channel{millivolts: millivoltsOfUnit[strings.ToLower(unit)]}
	if parsed.millivolts == 0 {
		return parsed, fmt.Errorf("the unit is %q; it must be nV, uV, mV or V", unit)
	}
	var gainErr, baselineErr error
	parsed.gain, gainErr = strconv.ParseFloat(gain, 64)
	parsed.baseline, baselineErr = strconv.ParseFloat(baseline, 64)
	if gainErr != nil || baselineErr != nil || !(parsed.gain >= 0) {
		return parsed, fmt.Errorf("the gain is %q; write it as 1000(0)/mV", field)
	}
	if parsed.gain == 0 {
		parsed.gain = defaultGain
	}
	return parsed, nil
}

func fieldAt(fields []string, index int, absent string) string {
	if index < len(fields) {
		return fields[index]
	}
	return absent
}

package wfdb

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

const (
	greatestAgeYears = 130
	// What stands for "over 89" in copies of PTB-XL, and what it is read as.
	over89Code  = 300
	over89Years = 90
)

var (
	quantity = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)\s*([a-z]*)$`)
	sexes    = map[string]ecgv1.Sex{
		"m": ecgv1.Sex_SEX_MALE, "male": ecgv1.Sex_SEX_MALE, "f": ecgv1.Sex_SEX_FEMALE, "female": ecgv1.Sex_SEX_FEMALE,
	}
)

// parseComments reads what the comments of a header say of the patient, such as "# Age: 61"; what cannot be is unknown.
func parseComments(header string) *ecgv1.PatientMetadata {
	metadata := &ecgv1.PatientMetadata{
		AgeYears: numberIn(said(header, "age"), "", "y", "years"),
		Sex:      sexes[said(header, "sex")],
		HeightCm: positive(numberIn(said(header, "height"), "", "cm")),
		WeightKg: positive(numberIn(said(header, "weight"), "", "kg")),
	}
	if age := metadata.AgeYears; age != nil && *age == over89Code {
		*age = over89Years
	} else if age != nil && *age > greatestAgeYears {
		metadata.AgeYears = nil
	}
	if answer := said(header, "pacemaker"); answer == "yes" || answer == "no" {
		metadata.HasPacemaker = new(answer == "yes")
	}
	return metadata
}

// said returns, in lower case, what the first comment "# NAME: …" says.
func said(header, name string) string {
	for line := range strings.Lines(header) {
		comment, isComment := strings.CutPrefix(strings.ToLower(strings.TrimSpace(line)), "#")
		key, value, _ := strings.Cut(strings.Trim(comment, "# \t"), ":")
		if isComment && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// numberIn reads a number in one of the units. One in another unit is unknown: who writes pounds would be taken to be
// twice as heavy.
func numberIn(value string, units ...string) *float32 {
	match := quantity.FindStringSubmatch(value)
	if match == nil || !slices.Contains(units, match[2]) {
		return nil
	}
	number, err := strconv.ParseFloat(match[1], 32)
	if err != nil {
		return nil
	}
	return new(float32(number))
}

func positive(number *float32) *float32 {
	if number == nil || *number <= 0 {
		return nil
	}
	return number
}

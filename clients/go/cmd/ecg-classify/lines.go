package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"

	ecgv1 "github.com/ecg-classifier/ecg-classifier/clients/go/ecg/v1"
)

const unreadableReason = "UNREADABLE_FILE"

// lines prints JSON objects, and counts the recordings that were not classified.
type lines struct {
	encoder  *json.Encoder
	failures int
}

type line struct {
	Recording     string        `json:"recording"`
	Probabilities probabilities `json:"probabilities,omitempty"`
	Findings      []string      `json:"findings,omitzero"`
	Warnings      []string      `json:"warnings,omitzero"`
	Model         string        `json:"model,omitempty"`
	Error         *failure      `json:"error,omitempty"`
}

type failure struct {
	Code       string      `json:"code"`
	Reason     string      `json:"reason"`
	Message    string      `json:"message"`
	Violations []violation `json:"field_violations"`
}

type violation struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

// probabilities is a JSON object whose names keep the order of the model's classes.
type probabilities []*ecgv1.ClassPrediction

func (p probabilities) MarshalJSON() ([]byte, error) {
	var object bytes.Buffer
	for index, class := range p {
		name, err := json.Marshal(class.GetCode())
		if err != nil {
			return nil, err
		}
		number, err := json.Marshal(class.GetProbability())
		if err != nil {
			return nil, err
		}
		object.WriteString([]string{"{", ","}[min(index, 1)])
		fmt.Fprintf(&object, "%s:%s", name, number)
	}
	object.WriteString("}")
	return object.Bytes(), nil
}

func newLines(out io.Writer) *lines {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &lines{encoder: encoder}
}

func (l *lines) result(header string, result *ecgv1.RecordingResult) {
	if refused := result.GetError(); refused != nil {
		l.refused(header, refused)
	} else {
		l.prediction(header, result.GetPrediction())
	}
}

func (l *lines) prediction(header string, prediction *ecgv1.Prediction) {
	findings, warnings := []string{}, []string{}
	for _, class := range prediction.GetClasses() {
		if class.GetIsPositive() {
			findings = append(findings, class.GetCode())
		}
	}
	for _, warning := range prediction.GetWarnings() {
		warnings = append(warnings, strings.TrimPrefix(warning.GetCode().String(), "WARNING_CODE_"))
	}
	model := prediction.GetModel().GetName() + " " + prediction.GetModel().GetVersion()
	l.print(line{
		Recording:     nameOf(header),
		Probabilities: prediction.GetClasses(),
		Findings:      findings,
		Warnings:      warnings,
		Model:         strings.TrimSpace(model),
	})
}

func (l *lines) refused(header string, refused *ecgv1.RecordingError) {
	violations := []violation{}
	for _, one := range refused.GetFieldViolations() {
		violations = append(violations, violation{one.GetField(), one.GetDescription()})
	}
	l.fail(header, failure{codeName(refused.GetCode()), refused.GetReason(), refused.GetMessage(), violations})
}

func (l *lines) unreadable(header string, err error) {
	l.fail(header, failure{codeName(int32(codes.InvalidArgument)), unreadableReason, err.Error(), []violation{}})
}

func (l *lines) fail(header string, failure failure) {
	l.failures++
	l.print(line{Recording: nameOf(header), Error: &failure})
}

// print ends the program where a line cannot be printed; a reader that has gone ends it by a signal.
func (l *lines) print(printed line) {
	if err := l.encoder.Encode(printed); err != nil {
		os.Exit(complain(exitWrongUsage, fmt.Errorf("the output cannot be written (%w); see where it goes", err)))
	}
}

func nameOf(header string) string { return strings.TrimSuffix(header, headerSuffix) }

// codeName is the name of a status code as all languages have it, such as INVALID_ARGUMENT.
func codeName(number int32) string { return code.Code(number).String() }

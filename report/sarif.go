package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
)

// RuleInfo is what a format says of a rule beside its findings.
type RuleInfo struct {
	Code     finding.Code
	Severity finding.Severity // by default
	Doc      string           // one sentence
	Page     string           // address of its page
}

// About is what a format says of the program.
type About struct {
	Version string
	Page    string // address of the project
	Rules   []RuleInfo
}

type (
	sarifText struct {
		Text string `json:"text"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Short   sarifText `json:"shortDescription"`
		Help    string    `json:"helpUri,omitempty"`
		Default struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifRegion struct {
		Line int `json:"startLine"`
		Col  int `json:"startColumn,omitempty"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI  string `json:"uri"`
				Base string `json:"uriBaseId"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
	}
	sarifResult struct {
		Rule      string            `json:"ruleId"`
		Index     int               `json:"ruleIndex"`
		Level     string            `json:"level"`
		Message   sarifText         `json:"message"`
		Locations []sarifLocation   `json:"locations,omitempty"`
		Prints    map[string]string `json:"partialFingerprints"`
	}
	sarifRun struct {
		Tool struct {
			Driver struct {
				Name    string      `json:"name"`
				Version string      `json:"version"`
				Info    string      `json:"informationUri,omitempty"`
				Rules   []sarifRule `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Columns string        `json:"columnKind"`
		Results []sarifResult `json:"results"`
	}
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
)

// SARIF writes findings as one SARIF 2.1.0 log (OASIS). Columns count characters. A fingerprint is of rule, file, task
// and message, with no number of a line, so that a finding is the same one after other lines have moved.
func SARIF(w io.Writer, list finding.List, about About) error {
	var run sarifRun
	run.Columns = "unicodeCodePoints"
	d := &run.Tool.Driver
	d.Name, d.Version, d.Info, d.Rules = "planctl", about.Version, about.Page, []sarifRule{}
	run.Results = []sarifResult{}
	index := map[finding.Code]int{}
	rule := func(f finding.Finding) int {
		if i, ok := index[f.Code]; ok {
			return i
		}
		r := sarifRule{ID: string(f.Code), Short: sarifText{string(f.Code)}}
		r.Default.Level = f.Severity.String()
		if i := slices.IndexFunc(about.Rules, func(r RuleInfo) bool { return r.Code == f.Code }); i >= 0 {
			r.Short.Text, r.Help, r.Default.Level = about.Rules[i].Doc, about.Rules[i].Page, about.Rules[i].Severity.String()
		}
		index[f.Code] = len(d.Rules)
		d.Rules = append(d.Rules, r)
		return index[f.Code]
	}
	seen := map[string]int{}
	for _, f := range list {
		msg := Clean(f.Message)
		if f.Help != "" {
			msg += "\nhelp: " + Clean(f.Help)
		}
		sum := sha256.Sum256([]byte(strings.Join([]string{string(f.Code), f.File, f.Task, finding.Key(f.Message)}, "\x00")))
		print := hex.EncodeToString(sum[:])
		seen[print]++
		r := sarifResult{Rule: string(f.Code), Index: rule(f), Level: f.Severity.String(), Message: sarifText{msg},
			Prints: map[string]string{"planctlFinding/v1": fmt.Sprintf("%s:%d", print, seen[print])}}
		if f.File != "" {
			var at sarifLocation
			at.Physical.Artifact.URI, at.Physical.Artifact.Base = (&url.URL{Path: f.File}).EscapedPath(), "%SRCROOT%"
			if f.Line > 0 {
				at.Physical.Region = &sarifRegion{f.Line, f.Col}
			}
			r.Locations = []sarifLocation{at}
		}
		run.Results = append(run.Results, r)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(sarifLog{"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", "2.1.0", []sarifRun{run}})
	if err != nil {
		return err
	}
	_, err = w.Write(EscapeJSON(b.Bytes()))
	return err
}

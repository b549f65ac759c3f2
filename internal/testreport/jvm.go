package testreport

import (
	"regexp"
	"strings"
)

var (
	jvmFrame = regexp.MustCompile(`^\s+at (?:[\w.@$-]+//?)?([^()\s](?:[^()]*[^()\s])?)\((?:[^():\s]+\.[a-z]+(?::[0-9]+)?|Native Method|Unknown Source|<generated>)\)`)
	jvmPlain = regexp.MustCompile(`^[A-Za-z_]\w*$`)
)

// jvmStatus is the verdict behind a failure or an error that JUnit, TestNG or the like gave with a stack trace.
// Maven calls every exception but an assertion an error, wherever it was raised, and Gradle calls all of them
// failures. The stack tells: one that leads through the test's own method is the test's verdict; one that leads
// through another method of its class (before, a constructor) is none. "" where the text has no stack trace of
// such a tool.
func jvmStatus(class, name, said string, failure bool) Status {
	if class == "" {
		return ""
	}
	method := name
	if i := strings.IndexAny(method, "([{"); i >= 0 { // parameters
		method = method[:i]
	}
	method = strings.TrimSpace(method)
	frames, inClass := 0, false
	for line := range strings.Lines(said) {
		m := jvmFrame.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		frames++
		at := m[1]
		switch {
		case method != "" && (strings.HasSuffix(at, "."+method) || strings.Contains(at, ".lambda$"+method+"$")),
			strings.Contains(at, ".$spock_feature_"),
			strings.HasSuffix(at, "statements.InvokeMethod.evaluate"), // JUnit 4 calls a test's method so, and JUnit 5
			strings.Contains(at, "TestMethodTestDescriptor") && strings.Contains(at, "invokeTestMethod"):
			if strings.Contains(said, "TestTimedOutException") {
				return Errored
			}
			return Failed
		case strings.HasPrefix(at, class+".") || strings.HasPrefix(at, class+"$"):
			inClass = true
		}
	}
	switch {
	case frames == 0:
		return ""
	case !failure, inClass && jvmPlain.MatchString(method), name == class, method == "initializationError":
		return Errored
	}
	return Failed
}

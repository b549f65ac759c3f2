// Package criteria compiles and judges exit criteria, and records every call
// that a judgement made so that it can be judged again elsewhere. It may not
// run commands or write anything, and it reads only the files that a
// criterion names.
package criteria

//go:build !linux || !amd64

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// tracing says whether this system's planctl can be stopped at a system call.
const tracing = false

func trace(string, fault, []string, []string, *os.File) (*result, error) {
	return nil, errors.New("planctl is traced on linux/amd64 only")
}

func (b *bench) compared(context.Context) error {
	fmt.Println("not compared with strace: planctl is traced on linux/amd64 only")
	return nil
}

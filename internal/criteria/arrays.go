package criteria

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/sbinet/npyio/npy"

	"github.com/planctl/planctl/internal/manifest"
)

// Bounds on what a file from outside may make us read: members of an archive, bytes of a header.
const (
	maxArrays = 10_000
	maxHeader = 64 << 10
)

// Arrays is the arrays of an npz archive by name, or of an npy file under its name without .npy:
// dtype as numpy names it (float32), and shape. Only headers are read.
func Arrays(path string) (_ map[string]manifest.Array, err error) {
	f, info, err := openRegular(path, filepath.Base(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	magic := make([]byte, 6)
	if _, err := f.ReadAt(magic, 0); err != nil {
		return nil, errors.New("neither npz nor npy: too short")
	}
	if string(magic) == "\x93NUMPY" {
		a, err := header(f)
		if err != nil {
			return nil, err
		}
		return map[string]manifest.Array{strings.TrimSuffix(filepath.Base(path), ".npy"): a}, nil
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("neither npz nor npy: %w", err)
	}
	if len(z.File) > maxArrays {
		return nil, fmt.Errorf("the archive has %d members; %d is the most", len(z.File), maxArrays)
	}
	out := map[string]manifest.Array{}
	for _, m := range z.File {
		name, ok := strings.CutSuffix(m.Name, ".npy")
		if !ok {
			continue
		}
		if out[name], err = member(m); err != nil {
			return nil, fmt.Errorf("array %s: %w", name, err)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the archive has no array")
	}
	return out, nil
}

func member(m *zip.File) (a manifest.Array, err error) {
	r, err := m.Open()
	if err != nil {
		return a, err
	}
	// A header is read and the rest is left: the archive's checksum of it is not ours to judge.
	a, err = header(r)
	return a, errors.Join(err, r.Close())
}

func header(r io.Reader) (a manifest.Array, err error) {
	defer func() {
		// The library trusts what it reads; a crafted header must not end planctl.
		if p := recover(); p != nil {
			err = fmt.Errorf("the header cannot be read: %v", p)
		}
	}()
	b, err := io.ReadAll(io.LimitReader(r, maxHeader))
	if err != nil {
		return a, err
	}
	h, err := npy.NewReader(bytes.NewReader(b))
	if err != nil {
		return a, fmt.Errorf("the header cannot be read: %w", err)
	}
	shape := h.Header.Descr.Shape
	if shape == nil {
		shape = []int{}
	}
	return manifest.Array{Dtype: dtype(h.Header.Descr.Type), Shape: shape}, nil
}

// dtype is numpy's name of a type code; one without a name stays as it is.
func dtype(code string) string {
	names := map[string]string{"b1": "bool", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "u1": "uint8", "u2": "uint16",
		"u4": "uint32", "u8": "uint64", "f2": "float16", "f4": "float32", "f8": "float64", "c8": "complex64", "c16": "complex128", "?": "bool"}
	if n := names[strings.TrimLeft(code, "<>|=")]; n != "" {
		return n
	}
	return code
}

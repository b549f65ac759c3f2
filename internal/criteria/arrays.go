package criteria

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sbinet/npyio/npy"

	"github.com/planctl/planctl/internal/manifest"
)

// Bounds on what a file from outside may make us read.
const (
	maxArrays    = 10_000   // members of an archive
	maxDirectory = 16 << 20 // bytes of an archive's directory
	maxHeader    = 64 << 10 // bytes of an array's header
	magic        = "\x93NUMPY"
)

// Arrays is the arrays of an npz archive by name, or of an npy file under its name without .npy:
// dtype as numpy names it (float32; one without a name as it is written), and shape. Only headers are
// read, whatever the arrays hold; nothing is unpickled.
func Arrays(path string) (_ map[string]manifest.Array, err error) {
	f, info, err := openRegular(path, "file "+filepath.Base(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	first := make([]byte, len(magic))
	if _, err := f.ReadAt(first, 0); err != nil {
		return nil, errors.New("neither npz nor npy: too short")
	}
	if string(first) == magic {
		a, err := header(f)
		if err != nil {
			return nil, err
		}
		return map[string]manifest.Array{strings.TrimSuffix(filepath.Base(path), ".npy"): a}, nil
	}
	// The directory is read whole, so its size is what a crafted archive would choose.
	src := &limited{r: f, left: maxDirectory}
	z, err := zip.NewReader(src, info.Size())
	if err != nil {
		return nil, fmt.Errorf("neither npz nor npy: %w", withoutPath(err))
	}
	src.left = math.MaxInt64
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

// limited fails once it has read so many bytes.
type limited struct {
	r    io.ReaderAt
	left int64
}

func (l *limited) ReadAt(b []byte, off int64) (int, error) {
	if l.left -= int64(len(b)); l.left < 0 {
		return 0, fmt.Errorf("its directory has more than %d bytes", maxDirectory)
	}
	return l.r.ReadAt(b, off)
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
		return a, fmt.Errorf("the header cannot be read: %w", withoutPath(err))
	}
	// The length of the header is allocated before it is read.
	if n, ok := headerLen(b); !ok || n > len(b) {
		return a, errors.New("the header cannot be read: it is no npy header, or cut short, or too long")
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

// headerLen is the end of a header (numpy.lib.format, versions 1 to 3).
func headerLen(b []byte) (int, bool) {
	switch {
	case len(b) < 12 || string(b[:6]) != magic:
		return 0, false
	case b[6] == 1:
		return 10 + int(binary.LittleEndian.Uint16(b[8:])), true
	}
	n := binary.LittleEndian.Uint32(b[8:])
	return 12 + int(min(n, 2*maxHeader)), true
}

// dtype is numpy's name of a type code (numpy.dtype.name), or the code itself.
func dtype(code string) string {
	if strings.HasPrefix(code, "(") { // fields; the library has taken the brackets off
		return "[" + code + "]"
	}
	c := strings.TrimLeft(code, "<>|=")
	if c == "?" || c == "b1" {
		return "bool"
	}
	if c == "O" {
		return "object"
	}
	if len(c) < 2 {
		return code
	}
	size, err := strconv.Atoi(c[1:])
	if err != nil || size < 0 || size > 1<<20 {
		if unit, ok := strings.CutPrefix(c, "M8"); ok {
			return "datetime64" + unit
		}
		if unit, ok := strings.CutPrefix(c, "m8"); ok {
			return "timedelta64" + unit
		}
		return code
	}
	switch c[0] {
	case 'i':
		return fmt.Sprintf("int%d", 8*size)
	case 'u':
		return fmt.Sprintf("uint%d", 8*size)
	case 'f':
		return fmt.Sprintf("float%d", 8*size)
	case 'c':
		return fmt.Sprintf("complex%d", 8*size)
	case 'U':
		return fmt.Sprintf("str%d", 32*size)
	case 'S':
		return fmt.Sprintf("bytes%d", 8*size)
	case 'V':
		return fmt.Sprintf("void%d", 8*size)
	}
	return code
}

func (j *judging) arrays(p string) (map[string]arrayView, error) {
	abs, err := j.path(p)
	if err != nil {
		return nil, err
	}
	arrays, err := Arrays(abs)
	if errors.Is(err, errGone) {
		return nil, fmt.Errorf("file %s is not there", p)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	out := make(map[string]arrayView, len(arrays))
	for n, a := range arrays {
		out[n] = arrayView{a.Dtype, a.Shape}
	}
	return out, nil
}

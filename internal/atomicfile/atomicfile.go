// Package atomicfile is the one package that replaces files: write, fsync,
// rename, fsync of the directory. It may not know a format, decide what is
// written, or take a lock.
//
// A reader sees the old content or the new one, never a part of either, also
// after a crash or a power cut. What a rename cannot keep is said here once:
// other hard links of a replaced file go on naming the old content, and its
// extended attributes and ACLs are not copied.
package atomicfile

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/planctl/planctl/internal/owner"
	"github.com/planctl/planctl/internal/tempname"
)

// IsTemp reports whether a file's base name is one that this package gives to its temporary files.
func IsTemp(base string) bool { return tempname.Is(base) }

// ChangedError says that a file's content is not what its reader saw, so that
// it was left alone.
type ChangedError struct {
	Path    string
	Missing bool // it is no longer there at all
}

func (e *ChangedError) Error() string {
	if e.Missing {
		return fmt.Sprintf("%s: removed since it was read; nothing was written", e.Path)
	}
	return fmt.Sprintf("%s: changed since it was read; nothing was written", e.Path)
}

// ReadOnlyError says that a file may not be replaced, or that its directory
// takes no new file. Err is what the system said, nil where the mode bits alone
// said it.
type ReadOnlyError struct {
	Path string
	Dir  bool // Path is the directory
	Err  error
}

func (e *ReadOnlyError) Error() string {
	cause := ""
	if e.Err != nil {
		cause = " (" + e.Err.Error() + ")"
	}
	if e.Dir {
		return fmt.Sprintf("%s: the directory is read-only%s; allow it with: chmod u+w %s", e.Path, cause, quote(e.Path))
	}
	return fmt.Sprintf("%s: the file is read-only%s; allow it with: chmod u+w %s", e.Path, cause, quote(e.Path))
}

func (e *ReadOnlyError) Unwrap() error { return e.Err }

// Is makes every ReadOnlyError match fs.ErrPermission.
func (e *ReadOnlyError) Is(target error) bool { return target == fs.ErrPermission }

// Replace puts data in place of the content of the file at path. Symbolic links
// are followed, so that a link stays a link; the mode is kept, and owner and
// group where the process may set them.
//
// With want, the SHA-256 of the content that the caller read, the file is
// compared before it is replaced and once more after; where it differs or has
// gone, what others wrote stands and the error is a *ChangedError, and where
// another process has it open for writing a *BusyError. Without want a missing file is made,
// with mode 0644 before umask. A file or directory without any write bit is
// respected, also for root: *ReadOnlyError.
//
// A failed fsync is returned and never retried: the kernel reports it once, and
// a second call would succeed without the data on the disk.
func Replace(path string, data []byte, want *[32]byte) error {
	return Steps{}.Replace(path, data, want)
}

// Replace is the function Replace, whose steps are told.
func (s Steps) Replace(path string, data []byte, want *[32]byte) error {
	target, err := resolve(path)
	if err != nil {
		return err
	}
	old, err := stat(target)
	if errors.Is(err, fs.ErrNotExist) {
		if want != nil {
			return &ChangedError{Path: path, Missing: true}
		}
		old = nil
	} else if err != nil {
		return err
	}
	temp, err := s.writeTemp(target, data, 0o644, old, want)
	if err != nil {
		return err
	}
	if s.Placing != nil {
		if err := s.Placing(target, temp); err != nil {
			return and(err, os.Remove(temp))
		}
	}
	w := swap{temp: temp, target: target, path: path, data: data, sum: sha256.Sum256(data), steps: s}
	return w.put(want)
}

// Create makes a file that was not there, with mode before umask. Where
// anything is there under that name, a dangling link too, nothing is written
// and the error matches fs.ErrExist. Directories are not made.
func Create(path string, data []byte, mode fs.FileMode) error {
	return Steps{}.Create(path, data, mode)
}

// Create is the function Create, whose steps are told: there is no Placing in it.
func (s Steps) Create(path string, data []byte, mode fs.FileMode) error {
	// Asked first only to spare the writing; the link below is what decides.
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	temp, err := s.writeTemp(path, data, mode.Perm(), nil, nil)
	if err != nil {
		return err
	}
	// A link fails where the name is taken; a rename would replace it.
	err = os.Link(temp, path)
	if err == nil {
		err = os.Remove(temp)
	} else if noLinks(err) {
		err = createByRename(temp, path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	if err != nil {
		if rm := os.Remove(temp); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
		return err
	}
	return synced(path)
}

// noLinks reports whether the file system has no hard links (FAT, some network
// and FUSE file systems).
func noLinks(err error) bool {
	for _, e := range []error{syscall.EPERM, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EMLINK} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// createByRename takes the name with an empty file first. A crash between the
// two calls leaves that empty file, which is why links are tried before.
func createByRename(temp, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// SyncDir makes the names in a directory durable. File systems that cannot do
// so for a directory (EINVAL, ENOTSUP) are taken as they are: nothing else can
// be done there.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

func synced(path string) error {
	if err := SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("%s: written, but its directory could not be flushed to the disk: %w", path, err)
	}
	return nil
}

// resolve follows the links of path's last element by hand, because
// filepath.EvalSymlinks refuses one whose end is missing.
func resolve(path string) (string, error) {
	for range 40 { // as many as Linux follows
		dir, name := filepath.Split(path)
		if dir == "" {
			dir = "."
		}
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return "", err
		}
		at := filepath.Join(real, name)
		info, err := os.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			return at, nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return at, nil
		}
		to, err := os.Readlink(at)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			// No Join: it would drop "link/.." before the link is followed.
			to = real + string(filepath.Separator) + to
		}
		path = to
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
}

// stat asks for a regular file that may be written. The system is asked, which
// knows of ACLs, read-only mounts and the immutable flag, and nothing is opened:
// another planctl may be replacing the file, and would take it for a save.
func stat(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "replace", Path: path, Err: errors.New("not a regular file")}
	}
	if info.Mode().Perm()&0o222 == 0 {
		return nil, &ReadOnlyError{Path: path}
	}
	err = unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS)
	if refused(err) {
		return nil, &ReadOnlyError{Path: path, Err: bare(err)}
	}
	if err != nil {
		return nil, &fs.PathError{Op: "access", Path: path, Err: err}
	}
	return info, nil
}

// The digits of a temporary file's name: the beginning of the SHA-256 of what it
// is to hold, that of what the target held (random where that does not matter),
// and random ones. By them Sweep knows what a crash has left under the name.
const (
	sumDigits    = 6
	randomDigits = tempname.Digits
)

// writeTemp writes a flushed file beside target: with mode, or with mode and
// owner of old. want is what the target holds, where it matters. It leaves no
// file behind where it fails.
func (s Steps) writeTemp(target string, data []byte, mode fs.FileMode, old fs.FileInfo, want *[32]byte) (name string, err error) {
	dir, base := filepath.Split(target)
	if dir == "" {
		dir = "."
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if info.IsDir() && info.Mode().Perm()&0o222 == 0 {
		return "", &ReadOnlyError{Path: filepath.Clean(dir), Dir: true}
	}
	if old != nil {
		mode = 0o600 // until the owner is right
	}
	f, err := s.openTemp(dir, base, mode, sha256.Sum256(data), want)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil && old != nil {
		err = keep(f, old)
	} else if err == nil {
		err = owner.Give(f)
	}
	if err == nil {
		err = f.Sync()
	}
	return f.Name(), errors.Join(err, f.Close())
}

func (s Steps) openTemp(dir, base string, mode fs.FileMode, sum [32]byte, want *[32]byte) (*os.File, error) {
	for {
		var random [randomDigits / 2]byte
		if _, err := rand.Read(random[:]); err != nil {
			return nil, err
		}
		digits := []byte(hex.EncodeToString(random[:]))
		copy(digits, digitsOf(sum))
		if want != nil {
			copy(digits[sumDigits:], digitsOf(*want))
		}
		name := filepath.Join(dir, tempname.Prefix(base)+string(digits))
		if s.Making != nil {
			if err := s.Making(name); err != nil {
				return nil, err
			}
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case refused(err):
			return nil, &ReadOnlyError{Path: filepath.Clean(dir), Dir: true, Err: bare(err)}
		case !errors.Is(err, fs.ErrExist):
			return f, err
		}
	}
}

func digitsOf(sum [32]byte) string { return hex.EncodeToString(sum[:])[:sumDigits] }

// keep gives f the owner and the mode of old. An owner that this process may
// not give stays its own: the content matters more, and git keeps no owner.
func keep(f *os.File, old fs.FileInfo) error {
	mine, err := f.Stat()
	if err != nil {
		return err
	}
	mode := old.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	was, ok := old.Sys().(*syscall.Stat_t)
	now, fine := mine.Sys().(*syscall.Stat_t)
	if ok && fine && (was.Uid != now.Uid || was.Gid != now.Gid) {
		err := f.Chown(int(was.Uid), int(was.Gid))
		if errors.Is(err, fs.ErrPermission) {
			mode &= fs.ModePerm // the bits would speak for another owner now
		} else if err != nil {
			return err
		}
	}
	return f.Chmod(mode) // after Chown, which clears the setuid bits
}

func refused(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// bare is the system's word without the path, which the caller's error names already.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func quote(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool {
		return !strings.ContainsRune("/._-+,@%=:", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

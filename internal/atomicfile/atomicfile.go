// Package atomicfile is the one package that replaces files: write, fsync,
// rename, fsync of the directory. It knows no format.
package atomicfile

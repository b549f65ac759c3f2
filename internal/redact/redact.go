// Package redact masks secret values in bytes that pass by. It decides
// nothing about which variables are secret beyond matching names to patterns.
package redact

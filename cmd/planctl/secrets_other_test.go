//go:build !linux

package main

func printers() map[string]func() { return nil }

package main

func history(dir string, seed uint64) ([]string, error) { return nil, nil }

package main

import (
	"fmt"
	"os"
	"testing"
)

// scratch is a folder for what several tests share.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "foresight-cmd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "making a folder for the tests:", err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

//go:build !race

package archive_test

const readings = 100_000

//go:build race

package archive_test

// readings are fewer under the race detector: what is measured is that they are not held.
const readings = 20_000

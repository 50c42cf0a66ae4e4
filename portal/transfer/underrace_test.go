//go:build race

package transfer_test

// underRace: the race detector makes everything slower; the large tests are smaller with it, and run whole without.
const underRace = true

//go:build race

package picture_test

// underRace: the race detector makes everything slower; the large tests are smaller with it, and run whole without.
const underRace = true

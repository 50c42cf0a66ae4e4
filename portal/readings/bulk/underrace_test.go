//go:build race

package bulk

// underRace: the race detector makes everything slower and larger; the large tests are smaller with it, and run whole without.
const underRace = true

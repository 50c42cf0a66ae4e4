//go:build race

package reminder

// underRace: the race detector makes everything slower and larger; the large tests are smaller with it, and run whole without.
const underRace = true

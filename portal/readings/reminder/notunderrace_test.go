//go:build !race

package reminder

const underRace = false

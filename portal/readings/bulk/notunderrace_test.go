//go:build !race

package bulk

const underRace = false

//go:build race

package picture

import "time"

// heicTime is generous here: the race detector makes the decoder more than ten times as slow, and no test may hang on how
// busy a machine is.
const heicTime = 10 * time.Minute

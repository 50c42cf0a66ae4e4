//go:build !race

package picture

import "time"

// heicTime is how long decoding one HEIC file may take.
const heicTime = 30 * time.Second

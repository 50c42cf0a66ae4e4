package rpc

// States is the table of states, for its test.
var States = states

// Package bounds holds small inputs that are made to take much time or memory, and
// the tests that no command takes more than a stated amount for any of them.
//
// It has no code of its own besides its tests.
package bounds

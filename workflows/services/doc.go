// Package services wires the nouns of the middle over one kernel: what a door holds.
//
// Not here: any rule or step.
package services

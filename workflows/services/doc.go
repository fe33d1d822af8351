// Package services wires the nouns of the middle over one kernel: what a door holds (bot,
// a test, another protocol). It gives each noun what it needs of another, and the workers
// their jobs.
//
// Not here: any rule or step.
package services

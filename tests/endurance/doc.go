// Package endurance holds the tests that treat the product badly: killed two dozen times
// (two hundred with `make endurance`), clicked by many at once, cut off from Slack, out of disk, and searched for
// private keys afterwards. They run the real binary (package product below) against
// the simulated workspace, and look at what people read and at what is stored.
//
// Tests of single packages do not belong here.
package endurance

// Package workbench is for tests of the middle: the nouns on a real database, custody, CA
// and knowledge, with people, and the steps that most tests begin with.
package workbench

// Package embedded keeps keys and signs certificates inside the process, for
// trying Countersign out without any other server. Keys lie in files that are
// encrypted with age under a key file; the CA is a small root with one issuing CA,
// and says in its name that it is the embedded one.
//
// It is not for production: whoever reads both the key file and the data directory
// has every key. Every change is one file that appears whole or not at all, so a
// process killed at any point, or two processes on one directory, do no harm.
package embedded

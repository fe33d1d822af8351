// Package scaling tells tests how the cost of some work grows with its input. It measures
// the CPU time of the thread that does the work, which a busy machine and the clock on the
// wall do not change, and compares it with itself.
package scaling

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"
)

// Times is how much larger the larger input is.
const Times = 8

// Growth runs work on an input of size Times and on one of size 1, and gives the quotient
// of what the first and Times of the second cost: 1 where the cost is linear, Times where it
// is quadratic. prepare makes the input of a size, which is not measured; the work stays on
// its goroutine. The best of three runs counts; where the first is plainly linear it is enough.
func Growth[T any](t testing.TB, prepare func(size int) T, work func(T)) float64 {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(unhurried))
	one, many := prepare(1), prepare(Times)
	work(many) // what is measured finds its memory; to get it from the system may cost many times the work
	small, large := time.Duration(1<<62), time.Duration(1<<62)
	for range 3 {
		once := cost(t, func() { work(one) })
		if once < clear {
			small = min(small, cost(t, func() {
				for range Times {
					work(one)
				}
			}))
		} else {
			small = min(small, Times*once)
		}
		large = min(large, cost(t, func() { work(many) }))
		if float64(large)/float64(small) < plain {
			break
		}
	}
	return float64(large) / float64(max(small, time.Millisecond))
}

const plain = 1.5

// unhurried keeps the collector from giving memory back between runs.
const unhurried = 1000

// clear is what is long enough to be measured by one run.
const clear = 20 * time.Millisecond

// cost is the CPU time that f takes on this thread.
func cost(t testing.TB, f func()) time.Duration {
	t.Helper()
	runtime.GC()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	from := used(t)
	f()
	return used(t) - from
}

func used(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

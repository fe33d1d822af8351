package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// trim gives back what only the start needed: free memory, and the pages of our own
// program file that initialisation ran through. Those are clean and come back by
// themselves when they are used again.
func trim() {
	debug.FreeOSMemory()
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to uintptr
		var mode string
		n, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode)
		// Pages that can be written to hold our data.
		if err != nil || n != 3 || !strings.HasPrefix(mode, "r") || strings.Contains(mode, "w") || !strings.HasSuffix(lines.Text(), " "+self) {
			continue
		}
		// Best effort: a kernel that refuses keeps them, as before.
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
	}
}

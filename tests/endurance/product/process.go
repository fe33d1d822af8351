package product

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"
)

// Process is one run of the product.
type Process struct {
	Started time.Time
	cmd     *exec.Cmd
	gone    chan struct{} // closed when it has ended
	world   *World
}

// Start runs "countersign serve" and returns at once. env adds to its environment.
// The process is killed with the test at the latest.
func (w *World) Start(env ...string) *Process {
	w.t.Helper()
	return w.start(nil, []string{w.binary}, env...)
}

// StartOnDisk is Start with the data on a disk of its own of so many bytes, which
// is gone with the process. Linux lets any user make one in a namespace of his own.
func (w *World) StartOnDisk(bytes int) *Process {
	w.t.Helper()
	if err := os.MkdirAll(w.Data(), 0o700); err != nil {
		w.t.Fatal(err)
	}
	mount := fmt.Sprintf("mount -t tmpfs -o size=%d,mode=0700 none %q && exec \"$@\"", bytes, w.Data())
	own := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	if os.Getuid() == 0 {
		own = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS} // where user namespaces are forbidden
		mount = "mount --make-rprivate / && " + mount
	}
	return w.start(own, []string{"/bin/sh", "-c", mount, "sh", w.binary})
}

// Inside is where a directory that the process sees is found from outside.
func (p *Process) Inside(dir string) string { return fmt.Sprintf("/proc/%d/root%s", p.PID(), dir) }

func (w *World) start(attr *syscall.SysProcAttr, command []string, env ...string) *Process {
	w.t.Helper()
	log, err := os.OpenFile(w.Log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.t.Fatal(err)
	}
	app := w.App()
	cmd := exec.Command(command[0], append(command[1:], "serve", "--config", w.config())...)
	cmd.SysProcAttr = attr
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.Dir, "TMPDIR=" + w.Dir, "LANG=C.UTF-8",
		"COUNTERSIGN_SLACK_BOT_TOKEN=" + app.BotToken, "COUNTERSIGN_SLACK_APP_TOKEN=" + app.AppToken}, env...)
	cmd.Stdout, cmd.Stderr = log, log
	p := &Process{Started: time.Now(), cmd: cmd, gone: make(chan struct{}), world: w}
	err = cmd.Start()
	if closed := log.Close(); err == nil {
		err = closed
	}
	if err != nil {
		w.t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait() // how it ended is read from the process state
		close(p.gone)
	}()
	w.t.Cleanup(p.Kill)
	return p
}

// Kill ends the process as a power cut does for it: at once, wherever it is.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // gone already is as good
	<-p.gone
}

// Stop asks the process to end and waits for it. An end with a failure fails the test.
func (p *Process) Stop() {
	p.world.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !p.Gone() {
		p.world.t.Fatal(err)
	}
	select {
	case <-p.gone:
	case <-time.After(20 * time.Second):
		p.Kill()
		p.world.t.Error("the product does not stop within 20 s of SIGTERM")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.world.t.Errorf("the product ended with status %d:\n%s", code, p.world.Tail())
	}
}

// Gone reports whether the process has ended.
func (p *Process) Gone() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// PID is the process ID.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Connected waits until the product holds both its connections, and fails the test
// when it ends or takes over half a minute.
func (p *Process) Connected() {
	p.world.t.Helper()
	for until := time.Now().Add(30 * time.Second); p.world.Connections() < 2; time.Sleep(2 * time.Millisecond) {
		if p.Gone() || time.Now().After(until) {
			p.world.t.Fatalf("the product is not connected:\n%s", p.world.Tail())
		}
	}
}

// Tail is the end of the log.
func (w *World) Tail() []byte {
	raw, err := os.ReadFile(w.Log())
	if err != nil {
		return []byte(err.Error())
	}
	return raw[max(0, len(raw)-6000):]
}

// broken is what a log of the product must never hold.
var broken = regexp.MustCompile(`WARNING: DATA RACE|panic|fatal error|SIGSEGV`)

// Healthy fails the test when a process of this world has panicked or raced.
func (w *World) Healthy() {
	w.t.Helper()
	raw, err := os.ReadFile(w.Log())
	if err != nil {
		w.t.Fatal(err)
	}
	if at := broken.FindIndex(raw); at != nil {
		from := max(0, bytes.LastIndexByte(raw[:at[0]], '\n'))
		w.t.Errorf("the product's log holds %q:\n%s", raw[at[0]:at[1]], raw[from:min(len(raw), from+6000)])
	}
}

// Signal kills without waiting for the end, for use inside the workspace.
func (p *Process) Signal() error { return p.cmd.Process.Kill() }

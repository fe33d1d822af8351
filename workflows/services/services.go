package services

import (
	"context"
	"log/slog"
	"maps"

	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/inbox"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
	"countersign/workflows/support"
)

// Set is every noun over one kernel.
type Set struct {
	*workflows.Kernel
	Issuance   *issuance.Service
	Groups     issuance.Groups
	Lists      issuance.Lists
	KeyRelease *keyrelease.Service
	Support    *support.Service
	Lessons    support.Lessons
	Intake     *intake.Service
	Inbox      *inbox.Service
}

// Ports are what single nouns need beside the kernel.
type Ports struct {
	Courier keyrelease.Courier
	Triage  *triage.KB
	Group   string         // of the people who may review what was taught
	Prober  support.Prober // nil: no host is probed
	Model   Model          // nil: there is none
}

// Model is the optional assistant, for cases and for conversations.
type Model interface {
	support.Model
	intake.Model
}

// New wires them.
func New(k *workflows.Kernel, p Ports) *Set {
	s := &Set{Kernel: k, Issuance: &issuance.Service{Kernel: k}, Lists: issuance.Lists{Kernel: k}, KeyRelease: &keyrelease.Service{Kernel: k, Courier: p.Courier},
		Support: &support.Service{Kernel: k, Triage: p.Triage, Group: p.Group, Prober: p.Prober}}
	s.Groups = issuance.Groups{Service: s.Issuance}
	s.Lessons = support.Lessons{Service: s.Support}
	s.Intake = &intake.Service{Kernel: k, Submitter: s.Issuance, Twins: issuance.Twins{Service: s.Issuance}}
	if p.Model != nil {
		s.UseModel(p.Model)
	}
	s.Inbox = &inbox.Service{Kernel: k, Issuance: s.Issuance, Groups: s.Groups, Support: s.Support, Intake: s.Intake}
	return s
}

// UseModel gives the optional assistant to the nouns that ask it, before the first call.
func (s *Set) UseModel(m Model) { s.Support.Model, s.Intake.Model = m, m }

// Worker does what falls to the nouns in the Work lane.
func (s *Set) Worker(o workflows.Outbox, log *slog.Logger) *workflows.Worker {
	jobs := s.Issuance.Jobs()
	maps.Copy(jobs, s.KeyRelease.Jobs())
	return &workflows.Worker{Kernel: s.Kernel, Jobs: jobs, Sweeps: []func(context.Context) error{s.Issuance.Sweep}, Outbox: o, Log: log}
}

// Background does what falls to the nouns in the Background lane.
func (s *Set) Background(o workflows.Outbox, log *slog.Logger) *workflows.BackgroundWorker {
	jobs := s.Support.Jobs()
	maps.Copy(jobs, s.Intake.Jobs())
	return &workflows.BackgroundWorker{Kernel: s.Kernel, Jobs: jobs, Outbox: o, Log: log}
}

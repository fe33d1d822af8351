package main

import (
	"errors"
	"fmt"
	"log/slog"
)

type demoCmd struct {
	stageFlags
	Walkthrough bool   `help:"Play the main job without a browser and write what came of it."`
	Out         string `help:"Directory for the walkthrough's files." type:"path"`
}

func (d demoCmd) Run(c *console) error {
	if d.Walkthrough {
		if d.Out == "" {
			return errors.New("demo --walkthrough needs --out DIR for its files")
		}
		return walkthrough(c, d.stageFlags, d.Out)
	}
	s, err := d.open(c, slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn})), nil)
	if err != nil {
		return err
	}
	defer s.close()
	if s.vault == nil {
		fmt.Fprintln(c.out, c.say("cli.demo.ready", "URL", s.sim.URL(), "Data", s.data))
	} else {
		fmt.Fprintln(c.out, c.say("cli.demo.ready_vault", "URL", s.sim.URL(), "Data", s.data, "Address", s.vault.Address, "CA", s.vault.CAFile, "Binary", s.vault.binary,
			"Organisation", demoSubject.O, "Country", demoSubject.C))
	}
	return s.app.run(c.ctx)
}

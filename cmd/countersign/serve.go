package main

import (
	"log/slog"
)

type serveCmd struct {
	Config string `help:"Configuration file." default:"countersign.yaml" type:"path"`
}

func (s serveCmd) Run(c *console) error {
	cfg, err := readConfig(s.Config)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	a, err := newApp(c.ctx, cfg, c.cat, log)
	if err != nil {
		return err
	}
	log.Info("ready", "team", cfg.Team, "listen", cfg.Listen)
	return a.run(c.ctx)
}

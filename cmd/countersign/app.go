package main

import (
	"log/slog"

	"countersign/bot"
	"countersign/locales"
	"countersign/storage"
	"countersign/triage/llm"
	"countersign/workflows"
	"countersign/workflows/services"
)

// app is the product, wired. run blocks until its context ends.
type app struct {
	cfg       config
	log       *slog.Logger
	cat       *locales.Catalogue
	door      *door // nil: no HTTP server
	keys      *keys
	db        *storage.DB
	meter     *meter
	service   *services.Set
	bot       *bot.Bot
	directory *bot.Directory
	support   *supportMeter
	model     *llm.Assistant // nil: none
}

func (a *app) english(text workflows.Text) string {
	return a.cat.Text(locales.English, text.Key, text.Args, text.In)
}

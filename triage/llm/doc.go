// Package llm is the optional assistant of triage: a language model behind any
// OpenAI-compatible endpoint, which may reword an answer, ask, rank causes that matched,
// point at a known cause as possible, and propose values for a form. It is off unless
// configured, and nothing depends on it: every method gives an error where it has
// nothing good to give, and the caller goes on with what it had.
//
// What the model sees has been redacted and masked here (triage.Redact, triage.Mask),
// whoever calls. What it says is checked by code before anybody sees it: causes and
// questions only from the lists, quotations only from the text, no host, number,
// command, link or demand for a secret that was not in the material. Text that gives
// orders is data, and an order that is followed does not get through the gate. It is
// bounded in time, tokens and money, for each case and each day.
//
// It is the only importer of go-openai.
package llm

// Package locales holds every text that a person reads, in English, Simplified and
// Traditional Chinese, and renders them. Product terms keep the vendor's own wording.
//
// One directory a language, one YAML file an area (certs, triage, bot, workflows,
// cli): flat keys such as "certs.reason.cluster_fqdn". Arguments are written
// {{.Name}}, the forms of a number {{if one .Count}}name{{else}}names{{end}}, what
// several texts have in common {{template "artefact.part.more" .}}. It holds no logic
// about what to say when.
package locales

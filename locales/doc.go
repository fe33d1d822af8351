// Package locales holds every text that a person reads, in the languages that have a
// folder here, and renders them. Product terms keep the vendor's own wording.
//
// One folder a language, called by its BCP 47 tag, one YAML file an area (certs, triage,
// bot, workflows, cli): flat keys such as "certs.reason.cluster_fqdn". Arguments are
// written {{.Name}}, the forms of a number {{if one .Count}}name{{else}}names{{end}},
// what several texts have in common {{template "artefact.part.more" .}}. It holds no
// logic about what to say when.
//
// A further language is a further folder and nothing else: language.yaml (see Language),
// the files of the areas, and what the profiles and causes say, in profiles.yaml and
// causes.yaml by the English wording. (English and Chinese stand where a profile or a
// cause is written, so that it is one file.) While language.yaml says "partial: true" it
// may lack texts, which are said in English; testdata/fr is an example.
package locales

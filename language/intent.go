package language

// findIntent weighs what each sentence of the writer asks for. Commands that only a
// click may give, and attempts to talk the bot out of its rules, win over all else.
func findIntent(d *document) (intent Intent, ordered bool) {
	own := d.authored(true)
	if len(own) == 0 {
		return bareIntent(d), false
	}
	var w weights
	for _, s := range own {
		weigh(d, s, &w)
	}
	weighWhole(d, own, &w)
	intent = w.winner()
	if len(d.quotes) > 0 && namesNothing(d, own) {
		intent = quotedIntent(d, own, intent)
		d.useQuotes = intent != Other
	}
	return intent, w.veto || w.order
}

// weighWhole adds what only the whole text shows: forms, pasted blocks, a renewal
// that comes with the words of a request.
func weighWhole(d *document, own []sentence, w *weights) {
	fields, about := 0, false
	for _, s := range own {
		if keyValue.Match(d.low[s.start:s.end]) && !logLine.Match(d.low[s.start:s.end]) {
			fields++
		}
		about = about || len(d.group("product.cucm", s.span)) > 0 || len(d.group("service.tomcat", s.span)) > 0 || d.any("cert", s.span)
	}
	if fields >= 3 && about {
		w.request += 3
	}
	if w.request > 0 && w.request < 3 || w.request == 0 && w.renew+w.diagnose+w.inspect+w.status+w.help+w.cancel+w.other == 0 {
		w.request += specification(d, own)
	}
	if pkiCSR.Match(d.low) && w.help+w.diagnose+w.cancel+w.status == 0 && w.request < 2.4 && w.renew == 0 {
		w.request += 2.4 // the command that makes a CSR is shown to have it signed
	}
	csr, cert := 0, 0
	for _, k := range d.pem {
		switch k {
		case PEMRequest:
			csr++
		case PEMCertificate:
			cert++
		}
	}
	if cert > 0 && w.renew < 3 {
		w.inspect += 2
	}
	if csr > 0 && w.inspect == 0 {
		w.request += 2
	}
	if w.renew < 2 && w.request >= 2.4 && d.anyIn("unchanged", own) {
		w.renew = w.request + 0.5 // what stays as it is exists
	}
	if w.renew < 2 && w.request >= 2.4 && changesCA(d) {
		w.renew = w.request + 0.5 // what another CA signed before exists
	}
	if (w.help > 0 || w.request+w.renew+w.diagnose == 0 && questioned(d, own)) && (handedOver(d, own) || pointsAtFile(d, own) || attachedAsked(d, own)) {
		w.inspect += w.help + 1.5 // the question is about what is attached
	}
	if w.renew >= 2 {
		// "needs a new one before it expires" is a renewal.
		w.renew += min(w.request, 3)
		if w.diagnose < 4 || w.renew >= 6 {
			w.request = min(w.request, w.renew-0.5)
		}
	}
	if w.diagnose >= 3 && w.renew < 3 {
		if w.wish && w.diagnose < 8 {
			w.request++ // trouble is the reason, the certificate the wish
		} else {
			w.request = min(w.request, w.diagnose-0.5)
		}
	}
	if w.help > 0 && w.request >= 3.6 && w.wish {
		w.help = min(w.help, w.request-0.5)
	}
	if w.other >= 2.5 && !w.wish && w.renew < 4 {
		// Thanks, it works: nothing is wanted although certificates are spoken of.
		w.request = min(w.request, w.other-0.5)
	}
}

// specification: a text that names a box, its product and who signs with which key
// is a request without saying so.
func specification(d *document, own []sentence) float64 {
	points := 0.0
	names, product, other := false, false, false
	for _, s := range own {
		names = names || d.hasName(s.span)
		product = product || len(d.group("product.cucm", s.span)) > 0
		other = other || d.any("ask.wish", s.span) || d.any("ask.verb", s.span) || len(d.group("ca.public", s.span)) > 0 || rsaPattern.Match(d.low[s.start:s.end])
	}
	if names && product {
		points += 1.2
	}
	if names && other {
		points += 0.8
	}
	return points
}

package certs

import (
	"strings"
	"time"
)

// filler replaces {placeholders} in texts and commands of a profile.
type filler map[string]string

func (f filler) fill(s string) string {
	var out strings.Builder
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			break
		}
		v, known := f[s[open+1:open+end]]
		if !known {
			v = s[open : open+end+1]
		}
		out.WriteString(s[:open])
		out.WriteString(v)
		s = s[open+end+1:]
	}
	if out.Len() == 0 {
		return s
	}
	out.WriteString(s)
	return out.String()
}

// fillerFor gives the placeholders of one certificate on one node. spec may be nil
// where a step belongs to no certificate.
func fillerFor(sys *System, spec *Spec, node string, now time.Time) filler {
	f := make(filler, 18) // as many as there are: built for every step of a plan
	f["product"], f["node"], f["nodes"], f["cluster"] = sys.Product, node, strings.Join(sys.Nodes, ", "), sys.ClusterFQDN
	f["first"], f["others"], f["domain"], f["join"] = "", "", "", ""
	if len(sys.Nodes) > 0 {
		f["first"] = sys.Nodes[0]
		f["others"] = strings.Join(sys.Nodes[1:], ",")
		_, f["domain"], _ = strings.Cut(sys.Nodes[0], ".")
	}
	if spec == nil {
		return f
	}
	values := make([]string, 0, len(spec.Names))
	for _, n := range spec.Names {
		values = append(values, n.Value)
	}
	_, service, _ := strings.Cut(spec.Profile, "/")
	// a new name each day: pki csr with the name of the key in use breaks the service at once (Cisco 214618)
	base := service + "-" + now.Format("20060102")
	f["cn"], f["service"], f["profile"], f["basename"] = spec.CommonName, service, spec.Profile, base
	f["label"], f["key"] = service, spec.Key.String()
	f["names"], f["san"] = strings.Join(values, ","), ""
	if len(values) > 0 {
		f["san"] = " subjectAltName:" + strings.Join(values, ",")
	}
	var dn strings.Builder
	for _, part := range []struct{ key, value string }{{"OU", spec.Subject.OU}, {"O", spec.Subject.O}, {"ST", spec.Subject.ST}, {"C", spec.Subject.C}} {
		if v := part.value; v != "" {
			if strings.ContainsRune(v, ' ') {
				v = `"` + v + `"`
			}
			dn.WriteString(" " + part.key + ":" + v)
		}
	}
	f["dn"] = dn.String()
	return f
}

// fill replaces the {placeholders} of a profile's text. The English one goes along as it
// was, as Key with what it takes as Args: in further languages it is what is translated.
func (t Text) fill(f filler) Text {
	english := t.In[English]
	if !strings.Contains(english, "{") { // translations have the same placeholders: a test sees to it
		return t
	}
	in := make(map[string]string, len(t.In))
	for lang, s := range t.In {
		in[lang] = f.fill(s)
	}
	args := map[string]string{}
	for rest := english; ; {
		_, after, open := strings.Cut(rest, "{")
		name, then, closed := strings.Cut(after, "}")
		if !open || !closed {
			break
		}
		if value, known := f[name]; known {
			args[name] = value
		}
		rest = then
	}
	return Text{Key: english, Args: args, In: in}
}

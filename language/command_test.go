package language

import "testing"

func TestReadCommand(t *testing.T) {
	for in, want := range map[string]Command{
		"back":                                  {Verb: "back"},
		" Cancel. ":                             {Verb: "cancel"},
		"上一步":                                   {Verb: "back"},
		"跳過":                                    {Verb: "skip"},
		"change the org to Example Ltd":         {Verb: "change", Field: "subject.O", Value: "Example Ltd"},
		"please change the nodes":               {Verb: "change", Field: "nodes"},
		"把公司改成 示例科技":                            {Verb: "change", Field: "subject.O", Value: "示例科技"},
		"修改集群":                                  {Verb: "change", Field: "cluster_fqdn"},
		"change the weather to sunny":           {},
		"Change Management Ltd":                 {},
		"back.example.com":                      {},
		"we need it because the old one is bad": {},
	} {
		if got := ReadCommand(in); got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	options := []string{"expressway-c", "expressway-e", "generic"}
	label := func(o string) string {
		return map[string]string{"expressway-c": "Expressway-C (Core)", "expressway-e": "Expressway-E (Edge)", "generic": "其他 TLS 服务"}[o]
	}
	for in, want := range map[string]string{
		"2": "expressway-e", "EDGE": "expressway-e", "Expressway-C (Core)": "expressway-c", "generic": "generic", "其他": "generic",
		"expressway": "", "4": "", "": "", "e": "",
	} {
		if got, ok := Choose(in, options, label); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, ok, want)
		}
	}
}

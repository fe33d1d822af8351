package form

import "slices"

// Open gives the fields that a text may still fill: those that are unanswered and apply,
// or will once fields before them that are unanswered too are answered in a certain way.
// Their options are those that any such answer leaves.
func (f Form) Open(a Answers) []Field {
	var out []Field
	open := map[string]bool{}
	for _, field := range f.Fields {
		if a.Has(field.Key) {
			continue
		}
		may, tried := field.If == nil || field.If(a), []Answers{a}
		for _, is := range field.When {
			switch {
			case f.Applies(Field{When: []Is{is}}, a):
			case open[is.Key]:
				for _, v := range is.In {
					with := a.Clone()
					with[is.Key] = []string{v}
					tried = append(tried, with)
				}
			default:
				may = false
			}
		}
		if !may {
			continue
		}
		open[field.Key] = true
		if field.Only != nil {
			field.Options = nil
			for _, with := range tried {
				for _, o := range field.Only(with) {
					if !slices.Contains(field.Options, o) {
						field.Options = append(field.Options, o)
					}
				}
			}
			field.Only = nil
		}
		out = append(out, field)
	}
	return out
}

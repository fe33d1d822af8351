package artefact

import "io"

// opener makes parts of the files that a walk meets.
type opener struct {
	b      *Bundle
	limits Limits
	kept   int64
}

// maxMaterial is the most that is read of one file of certificates, in bytes.
const maxMaterial = 8 << 20

// cut says that a file of certificates was not read to its end.
func (o *opener) cut(name string) {
	o.b.note("material.cut", name, "artefact.material_cut", "Size", itoa(maxMaterial>>20))
}

// reserve takes n bytes of the budget for what stays in memory.
func (o *opener) reserve(n int) bool {
	if o.kept+int64(n) > o.limits.Kept {
		return false
	}
	o.kept += int64(n)
	return true
}

// counter counts what is read and keeps the error of its source.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}

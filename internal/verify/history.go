package verify

import (
	"strings"

	"github.com/planctl/planctl/internal/history"
)

// history holds what is there now against the commit of Options.Base.
func (c *checker) history() error {
	base, err := c.before()
	if err != nil {
		return err
	}
	for _, f := range history.Compare(base, c.after(base)) {
		f.Help = strings.ReplaceAll(f.Help, "BASE", short(c.o.Base))
		c.list = append(c.list, f)
	}
	return nil
}

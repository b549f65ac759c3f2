package main

// configDeeds is what can be done to the rules by the change that breaks them.
func configDeeds() []operator {
	config := func(w *world, line string) func() error {
		return func() error { return w.append(".planctl.yaml", line+"\n") }
	}
	return []operator{
		{name: "config: a tick by hand, and the rule made a note", rules: because("history-tick-unnamed"), since: true, do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["open"], "[x]") }, config(w, "rules: {tick-no-attempt: note}"))
		}},
		{name: "config: a row reworded, and all rules made notes", rules: because("history-severity-lowered"), since: true, do: func(w *world) error {
			return all(func() error { return w.replace(w.plan, w.title("build"), "Build all of the reference data") }, config(w, `rules: {"*": note}`))
		}},
		{name: "config: a plan left out", rules: because("history-plan-unread"), since: true, do: func(w *world) error {
			return config(w, "plans: ["+w.second+"]")()
		}},
		{name: "config: a plan called archived", rules: because("history-plan-archived"), since: true, do: func(w *world) error {
			return config(w, `archived: ["plans/**"]`)()
		}},
		{name: "comment: a reason that nobody sees", rules: because("suppress-no-reason"), do: func(w *world) error {
			return all(func() error { return w.token(w.plan, w.ids["open"], "[x]") }, func() error {
				return w.append(w.plan, "\n<!-- planctl: allow tick-no-attempt "+w.ids["open"]+" — \u200b -->\n")
			})
		}},
	}
}

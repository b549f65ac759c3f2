// Package ledger reads docs/fix_plan.md, the project's ledger of attempts, and
// inserts attempts into it. It is pure: bytes in, bytes out. It may not open a
// file, know the plan or the runner, or change a byte that it did not insert.
//
// # Sections
//
// A heading that starts with an ID in brackets opens a section:
//
//	heading = "#"… SP [ decoration ] "[" ID "]" [ "(" link ")" ] [ title ]
//
// A heading that is underlined, <h2>[ID] title</h2>, and a line in bold from end
// to end, **[ID] title**, open one too where they stand at the margin after a
// blank line; the bold one only where its ID has a hyphen and a digit and no
// heading of its own, so that a label such as **[TODO]** opens none.
//
// An ID has no space, at least one letter, and is no date. Any level counts.
// The section runs to the next such heading, to a heading of its own or a
// higher level, or to one that says Archive, Completed, Queued, Backlog or
// Index. A section inside a section of the same ID is a part of it (`### [ID]
// Attempt #4`, `### [ID] Update`). A heading without an ID under which attempts
// stand all the same is kept apart, in Loose. What stands in a fence or in an
// HTML comment is quotation.
//
// # Attempts
//
// Planctl writes, with the list's own bullet and indentation:
//
//	entry  = indent bullet SP "[" date "]" SP "Attempt #" number " — " head
//	         { NL indent' key ": " text } [ NL indent' "Run: sha256:" 64hex ]
//	head   = [ task SP ] title ": " result [ " (" detail ")" ] "."
//	result = lower-case letters and "-"
//
// or, as one line, the same keys in the same order after the head:
//
//	line   = indent bullet SP "[" date "]" SP "Attempt #" number " — " head
//	         { SP key ": " text "." } [ SP "Run: sha256:" 64hex ]
//
// Parse is the inverse of what Append writes: number, date, result, task and
// run come back as they were given. A colon in the title that could be taken for
// the one before the result is escaped (`\:`).
//
// People's entries are read in many shapes, a superset of the above:
//
//	head = bullet "[" date [ time ] "]" "Attempt" [ "#" ] [ number ] …   any bullet, any indent
//	     | bullet date sep "Attempt" [ "#" ] number …
//	     | bullet [ "**" ] "Attempt #" number [ "(" … ")" ] [ "**" ] sep …
//	     | "**Attempt #" number … "**" sep …                             a paragraph
//	     | heading [ "[" ID "]" ] [ date ] "Attempt" [ "#" ] number …
//
// where sep is a colon, a dash or the line's end. An undated one takes the date
// from the heading above it. `[YYYY-MM-DD] Attempt #1` is a template and
// `- Attempt #14 confirms …` is a sentence: neither is an attempt. An item of an
// attempts list that begins with a day or with a word and a number, and is no
// attempt, is a finding of CodeUnreadAttempt.
package ledger

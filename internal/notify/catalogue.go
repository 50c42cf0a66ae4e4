package notify

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

//go:embed catalogue/*.json
var catalogue embed.FS

// catalogueFiles is catalogue, but for tests, which add kinds of their own.
var catalogueFiles fs.FS = catalogue

// entry is one text of the catalogue in one language, as far as checking it goes.
type entry struct {
	// uses are the parameters in it, in order.
	uses []string
	// plural: it has a form for one and another for many, chosen by "count".
	plural bool
	empty  bool
}

// parseEntries reads a language's file: each text is a string, or {"one": …, "other": …}.
func parseEntries(content []byte) (map[string]entry, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(content, &raw); err != nil {
		return nil, err
	}
	entries := make(map[string]entry, len(raw))
	for key, text := range raw {
		forms := map[string]string{}
		var e entry
		var single string
		if err := json.Unmarshal(text, &single); err == nil {
			forms["other"] = single
		} else if err := json.Unmarshal(text, &forms); err != nil {
			return nil, fmt.Errorf("%q is neither a text nor its plural forms: %w", key, err)
		} else {
			e.plural = true
		}
		for _, form := range forms {
			e.empty = e.empty || strings.TrimSpace(form) == ""
			parsed, err := template.New(key).Parse(form)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", key, err)
			}
			for _, name := range fields(parsed.Root) {
				if !slices.Contains(e.uses, name) {
					e.uses = append(e.uses, name)
				}
			}
		}
		slices.Sort(e.uses)
		entries[key] = e
	}
	return entries, nil
}

// fields are the parameters that a template names.
func fields(node parse.Node) []string {
	switch n := node.(type) {
	case *parse.ListNode:
		var all []string
		if n != nil {
			for _, child := range n.Nodes {
				all = append(all, fields(child)...)
			}
		}
		return all
	case *parse.ActionNode:
		return fields(n.Pipe)
	case *parse.PipeNode:
		var all []string
		for _, command := range n.Cmds {
			for _, arg := range command.Args {
				all = append(all, fields(arg)...)
			}
		}
		return all
	case *parse.FieldNode:
		return []string{strings.Join(n.Ident, ".")}
	case *parse.IfNode:
		return slices.Concat(fields(n.Pipe), fields(n.List), fields(n.ElseList))
	case *parse.TextNode, *parse.CommentNode, *parse.StringNode, *parse.IdentifierNode:
		return nil
	default:
		return []string{fmt.Sprintf("(%T is not for texts)", node)}
	}
}

// texts that no kind owns, and what they may use.
var sharedTexts = map[string][]string{
	"email.open": nil, "email.more": {"count"}, "email.preferences": nil,
	"email.why.steps_in": nil, "email.why.address": nil,
	"email.why.requests": nil, "email.why.orders": nil, "email.why.readings": nil,
	"unsubscribe.title": nil, "unsubscribe.question": {"class"}, "unsubscribe.button": nil, "unsubscribe.done": nil,
	"unsubscribe.unknown": nil, "class.requests": nil, "class.orders": nil, "class.readings": nil,
	"class.registrations": nil, "class.work": nil,
	"email.why.registrations": nil, "email.why.work": nil, "email.why.security": nil,
}

// problems finds every mistake in a catalogue, for the kinds there are: a text that is missing, empty or used by
// nothing; one that uses what its kind does not declare; languages that use different parameters.
func problems(all map[string]map[string]entry, kinds map[Kind]policy) []string {
	needed, optional := map[string][]string{}, map[string][]string{}
	maps.Copy(needed, sharedTexts)
	for _, name := range fallbacks {
		needed["fallback."+name] = nil
	}
	for kind, p := range kinds {
		name := string(kind)
		needed[name+".title"], needed[name+".body"] = p.params, p.params
		optional[name+".link"] = nil
		mail := slices.Concat(p.params, p.secrets)
		if optional[name+".mail"] = mail; len(p.secrets) > 0 {
			needed[name+".mail"] = mail
		}
		for _, label := range p.labels {
			needed["label."+label] = nil
		}
	}
	var wrong []string
	for _, lang := range slices.Sorted(maps.Keys(all)) {
		entries := all[lang]
		for key := range needed {
			if e, ok := entries[key]; !ok || e.empty {
				wrong = append(wrong, fmt.Sprintf("%s lacks %q", lang, key))
			}
		}
		for key, e := range entries {
			may, known := needed[key]
			if !known {
				may, known = optional[key]
			}
			if !known {
				wrong = append(wrong, fmt.Sprintf("%s has %q, which nothing uses", lang, key))
			}
			for _, name := range e.uses {
				if known && !slices.Contains(may, name) {
					wrong = append(wrong, fmt.Sprintf("%s %q uses %q, which is not declared", lang, key, name))
				}
			}
			if e.plural && !slices.Contains(may, "count") {
				wrong = append(wrong, fmt.Sprintf("%s %q has plural forms, but no \"count\" is declared", lang, key))
			}
			for other, theirs := range all {
				if t, ok := theirs[key]; !ok {
					wrong = append(wrong, fmt.Sprintf("%s lacks %q, which %s has", other, key, lang))
				} else if !slices.Equal(t.uses, e.uses) || t.plural != e.plural {
					wrong = append(wrong, fmt.Sprintf("%q uses %q in %s and %q in %s", key, t.uses, other, e.uses, lang))
				}
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

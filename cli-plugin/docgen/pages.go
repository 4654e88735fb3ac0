package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/command"
)

// Pages gives the text of each page by its file name.
func Pages() map[string]string {
	plugin := command.New(nil)
	docker := &cobra.Command{Use: "docker"} // what users type before the name
	docker.AddCommand(plugin)
	pages := map[string]string{fileOf(plugin): page(plugin)}
	addPages(pages, plugin)
	return pages
}

// addPages adds the pages of a command's own commands, and of theirs.
func addPages(pages map[string]string, c *cobra.Command) {
	for _, verb := range c.Commands() {
		if verb.IsAvailableCommand() {
			pages[fileOf(verb)] = page(verb)
			addPages(pages, verb)
		}
	}
}

// fileOf names a command's page.
func fileOf(c *cobra.Command) string {
	return strings.ReplaceAll(c.CommandPath(), " ", "_") + ".md"
}

// page is the text about one command.
func page(c *cobra.Command) string {
	c.DisableFlagsInUseLine = true // as Docker's plugin framework does
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Generated from the command itself by `make docs`: change cli-plugin/command. -->\n")
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n", c.CommandPath(), c.Short)
	fmt.Fprintf(&b, "```\n%s\n```\n\n", useLine(c))
	b.WriteString(prose(c.Long))
	if c.HasExample() {
		fmt.Fprintf(&b, "## Examples\n\n```sh\n%s\n```\n\n", dedent(c.Example))
	}
	if c.HasSubCommands() {
		b.WriteString("## Commands\n\n" + commands(c) + "\n")
	}
	b.WriteString(options(c))
	if c.HasParent() && !c.HasSubCommands() {
		fmt.Fprintf(&b, "The [global options](%s#options) may stand before or after the command.\n", fileOf(c.Parent()))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func useLine(c *cobra.Command) string {
	if c.HasSubCommands() {
		return c.CommandPath() + " [OPTIONS] COMMAND"
	}
	return c.UseLine()
}

// prose is help text as Markdown: what it indents is a block of its own.
func prose(help string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(help + "\n") {
		if indented := strings.HasPrefix(line, "  "); indented != inside {
			if indented {
				b.WriteString("\n")
			}
			b.WriteString("```\n")
			inside = indented
		}
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	if inside {
		b.WriteString("```\n")
	}
	return b.String() + "\n"
}

func dedent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "  ")
	}
	return strings.Join(lines, "\n")
}

// commands is a table of links.
func commands(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString("| command | does |\n|---|---|\n")
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			fmt.Fprintf(&b, "| [`%s`](%s) | %s |\n", sub.Name(), fileOf(sub), sub.Short)
		}
	}
	return b.String()
}

// options is a table of flags; "" where there are none.
func options(c *cobra.Command) string {
	var b strings.Builder
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "`--" + f.Name
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		if value != "" {
			name += " " + value
		}
		fmt.Fprintf(&b, "| %s` | %s |\n", escape(name), escape(usage+preset(f)))
	})
	if b.Len() == 0 {
		return ""
	}
	return "## Options\n\n| option | meaning |\n|---|---|\n" + b.String() + "\n"
}

// preset is a flag's default, where its usage does not tell it.
func preset(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return ""
	default:
		return fmt.Sprintf(" (default `%s`)", f.DefValue)
	}
}

// escape keeps a cell's bars from ending it.
func escape(cell string) string { return strings.ReplaceAll(cell, "|", `\|`) }

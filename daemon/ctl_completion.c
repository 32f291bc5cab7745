/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl completion: what lets a shell complete commands and options, made from the table of commands,
 * so that it knows what the program knows. */
#include "daemon/ctl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* The words of a usage that are typed as they stand: options, and lower-case alternatives (a|b|c). */
static void
print_words(FILE *out, const struct ctl_command *k)
{
	for (const char *at = k->usage; *at;) {
		size_t n = strcspn(at, " []|");
		bool option = at[0] == '-' && n > 1, word = n > 0 && islower((unsigned char)at[0]);
		bool choice = word && (at[n] == '|' || (at > k->usage && at[-1] == '|') ||
		                       (at > k->usage && at[-1] == '[' && at[n] == ']'));

		if (option || choice)
			(void)fprintf(out, " %.*s", (int)n, at);
		at += n;
		at += strspn(at, " []|");
	}
}

static void
bash(const struct ctl *c, FILE *out)
{
	(void)fputs("# bash completion of mingpianctl; made by: mingpianctl completion bash\n"
	            "_mingpianctl() {\n"
	            "\tlocal cur=${COMP_WORDS[COMP_CWORD]} at=1 words\n"
	            "\tcase ${COMP_WORDS[1]-} in -c | --config) at=3 ;; esac\n"
	            "\tif [ \"$COMP_CWORD\" -lt \"$at\" ]; then\n"
	            "\t\tCOMPREPLY=()\n"
	            "\t\treturn\n"
	            "\tfi\n"
	            "\tif [ \"$COMP_CWORD\" = \"$at\" ]; then\n"
	            "\t\twords='",
	            out);
	for (int i = 0; i < c->command_count; i++)
		(void)fprintf(out, "%s%s", i ? " " : "", c->commands[i].name);
	(void)fputs(" --help --version -c'\n"
	            "\telse\n"
	            "\t\tcase ${COMP_WORDS[at]} in\n",
	            out);
	for (int i = 0; i < c->command_count; i++) {
		(void)fprintf(out, "\t\t%s) words='--help", c->commands[i].name);
		print_words(out, &c->commands[i]);
		(void)fputs("' ;;\n", out);
	}
	(void)fputs("\t\t*) words='' ;;\n"
	            "\t\tesac\n"
	            "\tfi\n"
	            "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	            "}\n"
	            "complete -o bashdefault -o default -F _mingpianctl mingpianctl\n",
	            out);
}

/* The first sentence of a command's help, without what zsh's quoting would trip over. */
static void
print_sentence(FILE *out, const char *help)
{
	size_t n = strcspn(help, ".;:\n");

	for (size_t i = 0; i < n; i++)
		if (!strchr("'\\:", help[i]))
			(void)fputc(help[i], out);
}

static void
zsh(const struct ctl *c, FILE *out)
{
	(void)fputs("#compdef mingpianctl\n"
	            "# zsh completion of mingpianctl; made by: mingpianctl completion zsh\n"
	            "_mingpianctl() {\n"
	            "\tlocal at=2\n"
	            "\tlocal -a commands\n"
	            "\t[[ ${words[2]-} == (-c|--config) ]] && at=4\n"
	            "\tcommands=(\n",
	            out);
	for (int i = 0; i < c->command_count; i++) {
		(void)fprintf(out, "\t\t'%s:", c->commands[i].name);
		print_sentence(out, c->commands[i].help);
		(void)fputs("'\n", out);
	}
	(void)fputs("\t)\n"
	            "\tif (( CURRENT < at )); then\n"
	            "\t\t_files\n"
	            "\telif (( CURRENT == at )); then\n"
	            "\t\t_describe command commands\n"
	            "\telse\n"
	            "\t\tcase ${words[at]} in\n",
	            out);
	for (int i = 0; i < c->command_count; i++) {
		(void)fprintf(out, "\t\t%s) compadd -- --help", c->commands[i].name);
		print_words(out, &c->commands[i]);
		(void)fputs(" ;;\n", out);
	}
	(void)fputs("\t\tesac\n"
	            "\t\t_files\n"
	            "\tfi\n"
	            "}\n"
	            "if [[ ${funcstack[1]-} == _mingpianctl ]]; then\n"
	            "\t_mingpianctl \"$@\"\n"
	            "else\n"
	            "\tcompdef _mingpianctl mingpianctl\n"
	            "fi\n",
	            out);
}

int
ctl_completion(struct ctl *c, int argc, char **argv)
{
	const struct ctl_option options[] = {{NULL, NULL, NULL}};
	int n = ctl_options(argc, argv, options);

	if (n < 0)
		return EX_USAGE;
	if (n == 1 && strcmp(argv[1], "bash") == 0)
		bash(c, c->term.out);
	else if (n == 1 && strcmp(argv[1], "zsh") == 0)
		zsh(c, c->term.out);
	else
		return ctl_usage("completion", "wants bash or zsh");
	return EX_OK;
}

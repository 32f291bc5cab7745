/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpianctl: the operator's and the auditor's tool. This file is the table of its commands. */
#include "daemon/ctl.h"

#include "config/credential.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#define CONFIG_DEFAULT "/etc/mingpian/mingpian.cfg"

static const struct ctl_command commands[] = {
        {"status", "[--json]",
         "How things stand: the daemon's own word (mailboxes, accounts that send, the writer),\n"
         "messages, registrations and replies by disposition and state, the oldest reply that\n"
         "waits, the comparison with the servers, log, disk; what is wrong and what to do about\n"
         "it; what waits for a person. Exit 1 where something is wrong.\n",
         ctl_status},
        {"list",
         "[--province NAME] [--state STATE] [--category CATEGORY] [--since DAY] [--until DAY] [--late] "
         "[--unreached] [--count BY | --silent] [--mask] [--json]",
         "One line a registration: receipt, region, code, revision, state, when it last changed,\n"
         "who sent it. NAME: 四川, 大连, 兵团. STATE: accepted, correction, conflict, withdrawn,\n"
         "joined. CATEGORY: sub_provincial, prefecture, county, cluster, none. --since, --until:\n"
         "when it first came. --unreached: our reply did not arrive. --count province, state,\n"
         "category or day: how many there are of each. --silent: the departments without any.\n"
         "--mask: addresses hidden but for two characters. --json: one object a line.\n",
         ctl_list},
        {"show", "RECEIPT [--why] [--letters] [--mask] [--json | --html FILE]",
         "One registration's whole life: when its mails came, what was read of them, what was\n"
         "answered and whether it arrived, what was corrected, who decided what and why.\n"
         "RECEIPT: CYMP-2022-0042. --why: of each value, the file, page, table and cell that it\n"
         "was read from, and how. --letters: what the replies say. --mask: names and numbers\n"
         "hidden but for two characters. --html FILE: a page for the file, ready to print.\n",
         ctl_show},
        {"review",
         "[list] [--mask] [--json] | release|accept|dismiss|join ITEM [--set KEY=VALUE]… [--into RECEIPT] "
         "--why TEXT",
         "What waits for a person, and what a person decides of it. Each act is logged with\n"
         "who and why; a running daemon is asked to do it. --mask: addresses hidden but for\n"
         "two characters, subjects left out.\n"
         "  release REPLY    a reply that was withheld or failed goes out\n"
         "  accept RECEIPT   is accepted as it stands, or with --set KEY=VALUE (as often as\n"
         "                   needed; keys as in form.cfg) in a further revision; a region that\n"
         "                   is set is looked up. One that was joined stands by itself again\n"
         "  dismiss ITEM     a reply or message is dealt with; a receipt is withdrawn\n"
         "  join RECEIPT --into OTHER   a conflict ends: its values become the other's next revision\n",
         ctl_review},
        {"ingest", "FILE.eml… [--mailbox ADDRESS] [--received TIME]",
         "Mail that came by another way (on a disk, by chat), through the same pipe: recorded,\n"
         "answered, logged. One line a file says what became of it; - is standard input. A running\n"
         "daemon takes it in; without one, its reply goes out with the next run.\n"
         "  --mailbox   the mailbox that it counts for, and that answers; default the first\n"
         "  --received  when it reached us, RFC 3339 (2022-06-10T10:05:00+08:00); default now\n"
         "Exit 65 where a file holds no registration or is no mail: nothing of it is kept.\n",
         ctl_ingest},
        {"log", "[RECEIPT] [-f] [--since DAY] [--until DAY] [--event EVENT] [--mask] [--json]",
         "What happened, line by line. RECEIPT: only what speaks of it. --since, --until: a day\n"
         "(2022-06-10, itself included) or a time (RFC 3339). --event: received, recorded, left,\n"
         "queued, sending, sent, unknown, deferred, failed, bounced, reviewed, digested,\n"
         "redacted, started, stopped and others, several parted by commas. -f: goes on with\n"
         "what is written from now on, until Ctrl-C. --mask: addresses and numbers that a server\n"
         "named are hidden. --json: the lines as they are on disk.\n",
         ctl_log},
        {"audit", "--out DIR [RECEIPT…] [--json]",
         "An evidence bundle: the whole log, mails, readings and replies (of the receipts named,\n"
         "or all), checkpoints, a manifest with SHA-256, pages in Chinese and English, and\n"
         "check.sh, which checks it with sha256sum, jq and awk alone. DIR must not be there yet.\n",
         ctl_audit},
        {"redact", "RECEIPT [--why TEXT] [--with-others] [--yes] [--json] | --due",
         "Lists all that holds a registration: mails, readings, replies, decisions, digests with\n"
         "their workbooks. With --why they are taken out, for good: the log keeps that, when, by\n"
         "whom and why, and its chain stays whole. At a terminal it asks first; --yes: it does\n"
         "not. --with-others: mails that hold others' forms as well go, too. --due: what may go,\n"
         "as the campaign's keep_until is past.\n",
         ctl_redact},
        {"verify", "[--head SEQ:HASH] [--mailbox]",
         "Is the spool whole? Checks the chain of the log, every file that it names, and the\n"
         "index against one made anew. --head: a head that an old reply quoted must\n"
         "lie on the chain. --mailbox: each mail on the servers must have its line as well; a\n"
         "running daemon fetches what is missing. Prints a line for each thing that is wrong; exit 0 or 1.\n",
         ctl_verify},
        {"completion", "bash|zsh",
         "Prints what lets this shell complete commands and options: for bash to\n"
         "/usr/share/bash-completion/completions/mingpianctl, for zsh to\n"
         "/usr/share/zsh/vendor-completions/_mingpianctl. Both are installed already.\n",
         ctl_completion},
        {"restored", "--receipts-from N --why TEXT",
         "Opens a spool that came back from a backup, without a daemon: the index is made anew,\n"
         "receipts go on from N (above all that were ever given out: look into the newest reply\n"
         "or digest), and what may have been answered since the backup waits for a person.\n",
         ctl_restored},
        {"rebuild", "", "Makes index.db anew from the log and the readings. The daemon must not run.\n",
         ctl_rebuild},
        {"export", "FILE.xlsx [--mask]",
         "Writes the workbook, as of now: overview with charts, registrations, progress of the\n"
         "37 departments, what waits, changes, replies, anomalies, what an auditor asks first.\n"
         "--mask: names, numbers and addresses hidden but for two characters.\n",
         ctl_export},
        {"digest", "[--date DAY] [--out DIR] [--send]",
         "The daily digest for staff, as of now: its text, or with --out its text, page and\n"
         "workbook as files. --date DAY: as it went out for that day. --send: one goes out\n"
         "now to digest.to, with one-time codes, for today or the day given; a running daemon\n"
         "is asked to do it. It counts as that day's.\n",
         ctl_digest},
        {"remind", "--out DIR",
         "A letter for each of the 37 departments that has registered nothing or has something\n"
         "to correct, as text and as .docx, for a person to look through and to send. Nothing\n"
         "goes out by itself. The words: templates/remind.txt.\n",
         ctl_remind},
        {"relook", "[--since DAY] [--why TEXT]",
         "Has fetched and read again what was left to the mailboxes' owners: all, or what was\n"
         "received since a day (2022-06-10) or a time (RFC 3339). What is a form after all is\n"
         "recorded, and its reply waits for a person. A running daemon looks at once, else the\n"
         "next run does. After parser or form file changed it happens by itself.\n",
         ctl_relook},
        {"replay", "[--json]",
         "Reads every kept mail again with today's parser and form file, and says what would\n"
         "come out otherwise, field by field, counted at the end. Nothing is sent or changed.\n",
         ctl_replay},
        {"doctor", "[--offline] [--json]",
         "Checks configuration, form file, templates, passwords, what the kernel has for a sandbox,\n"
         "the parser in it, what reads pictures, fonts, the spool's folder, the disk, the clock and, "
         "without\n"
         "--offline, of each mailbox TLS, login and folders by IMAP, TLS and login by SMTP (nothing\n"
         "is sent). Says of each thing that is wrong what to do. Exit 0 or 78.\n",
         ctl_doctor},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

/* --help shows the commands by who uses them; one that no list names is the first's. */
static const struct {
	const char *title, *commands;
} groups[] = {
        {"What came, and what becomes of it:", ""},
        {"For the auditor:", " log audit redact verify replay "},
        {"For the operator:", " status doctor rebuild relook restored completion "},
};

enum { GROUPS = sizeof groups / sizeof *groups };

static bool
is_of_group(const struct ctl_command *k, int group)
{
	char name[64];
	bool named = false;

	(void)snprintf(name, sizeof name, " %s ", k->name);
	if (group)
		return strstr(groups[group].commands, name) != NULL;
	for (int i = 1; i < GROUPS; i++)
		named = named || strstr(groups[i].commands, name);
	return !named;
}

/* Name and usage, broken at spaces before column 80. */
static void
print_usage(FILE *out, const struct ctl_command *k)
{
	int column = fprintf(out, "  %-10s", k->name);

	for (const char *word = k->usage; *word;) {
		/* "[--since DAY]" stays on one line */
		int len = (int)(*word == '[' ? strcspn(word, "]") : strcspn(word, " "));

		len += (int)strcspn(word + len, " ");
		if (column + 1 + len > 78) {
			(void)fprintf(out, "\n%12s", "");
			column = 12;
		}
		column += fprintf(out, " %.*s", len, word);
		word += len + (word[len] == ' ');
	}
	(void)fputc('\n', out);
}

static void
print_help(FILE *out)
{
	(void)fputs("usage: mingpianctl [-c FILE] COMMAND [ARGUMENT…]\n\n", out);
	for (int who = 0; who < GROUPS; who++) {
		(void)fprintf(out, "%s%s\n", who ? "\n" : "", groups[who].title);
		for (int i = 0; i < COMMANDS; i++)
			if (is_of_group(&commands[i], who))
				print_usage(out, &commands[i]);
	}
	(void)fputs("\n  -c FILE   the configuration; default " CONFIG_DEFAULT "\n"
	            "  mingpianctl COMMAND --help says more. Exit codes are those of sysexits(3).\n",
	            out);
}

static const struct ctl_command *
find(const char *name)
{
	for (int i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The service's user is the one that the spool belongs to. */
static void
serve(const struct config *c)
{
	struct stat st;

	if (stat(c->spool.dir, &st) == 0)
		credential_serve(st.st_uid);
}

static int
run(const struct ctl_command *k, const char *config_file, int argc, char **argv)
{
	struct ctl c = {.config_file = config_file, .term = term_open(stdout)};
	struct err e = {0};
	int status;

	c.commands = commands;
	c.command_count = COMMANDS;
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return printf("usage: mingpianctl %s %s\n\n%s", k->name, k->usage, k->help) < 0 ? EX_IOERR
		                                                                                : EX_OK;
	if (k->run == ctl_completion) { /* works before there is a configuration */
		status = ctl_completion(&c, argc, argv);
		goto out;
	}
	if (config_load(&c.config, config_file, &e) && form_load(&c.form, c.config->campaigns[0].form, &e)) {
		serve(c.config);
		status = k->run(&c, argc, argv);
	} else {
		status = ctl_fail(&e);
	}
out:
	form_free(c.form);
	config_free(c.config);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fputs("mingpianctl: standard output cannot be written\n", stderr);
		return EX_IOERR;
	}
	return status;
}

int
main(int argc, char **argv)
{
	const char *config = CONFIG_DEFAULT;
	const struct ctl_command *k;
	int i = 1;

	if (i + 1 < argc && (strcmp(argv[i], "-c") == 0 || strcmp(argv[i], "--config") == 0)) {
		config = argv[i + 1];
		i += 2;
	}
	if (i >= argc) {
		print_help(stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
		print_help(stdout);
		return EX_OK;
	}
	if (strcmp(argv[i], "--version") == 0)
		return puts("mingpianctl " VERSION) < 0 ? EX_IOERR : EX_OK;
	k = find(argv[i]);
	if (!k) {
		(void)fprintf(stderr, "mingpianctl: no command '%s'; see mingpianctl --help\n", argv[i]);
		return EX_USAGE;
	}
	return run(k, config, argc - i, argv + i);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/intake.h"

#include "daemon/journal.h"
#include "daemon/parsed.h"
#include "daemon/record.h"
#include "daemon/settings.h"

enum { HELD_AGAIN_MS = 300000 /* what could not be parsed is asked for again then */ };

static void
tell(struct intake *i, const struct parsed *p, enum record_fate fate)
{
	struct hash id = hash_of(BYTES(p->arrival->bytes, p->arrival->len));

	switch (fate) {
	case RECORD_RECORDED:
	case RECORD_COPY:
		i->recorded++;
		journal_of(JOURNAL_INFO,
		           &(struct journal_of){.mailbox = p->arrival->mailbox,
		                                .message = id.hex,
		                                .disposition = disposition_name(p->reading.disposition)},
		           "%s: %.12s… UID %u: %s%s", p->arrival->mailbox, id.hex, p->arrival->uid,
		           disposition_name(p->reading.disposition),
		           fate == RECORD_COPY ? " (known already)" : "");
		break;
	case RECORD_LEFT: i->left++; break;
	case RECORD_HELD:
		i->held++;
		i->first->ask_again(i->first->context, HELD_AGAIN_MS);
		journal(JOURNAL_WARNING, "%s: %.12s… UID %u could not be parsed, to be tried again: %s",
		        p->arrival->mailbox, id.hex, p->arrival->uid, p->why.text);
		break;
	case RECORD_KNOWN:
	case RECORD_NOT_NOW: break;
	}
}

static void
keep_asker(struct intake *i, const struct parsed *p, enum record_fate fate)
{
	struct intake_asker *a = &i->askers[i->asker_count++];

	*a = (struct intake_asker){.asker = p->arrival->asker};
	p->arrival->asker = NULL;
	(void)ingest_fate(i->spool, p, fate, a->said, &a->e);
}

void
intake_answer(struct intake *i, const struct err *e)
{
	for (size_t k = 0; k < i->asker_count; k++) {
		struct intake_asker *a = &i->askers[k];

		ingest_done(a->asker, a->said, e ? e : a->e.code != ERR_NONE ? &a->e : NULL);
	}
	i->asker_count = 0;
}

static bool
take_in(void *intake, struct parsed *p, struct err *e)
{
	struct intake *i = intake;
	enum record_fate fate;
	/* What it was read by decides of it as well. */
	bool ok = record_parsed(p->settings ? &p->settings->writer : i->first, i->spool, p, &fate, e);

	if (ok)
		tell(i, p, fate);
	if (ok && p->arrival->asker && i->asker_count < sizeof i->askers / sizeof *i->askers)
		keep_asker(i, p, fate);
	parsed_free(p);
	return ok;
}

void
intake_begin(struct intake *i, const struct writer_config *first, struct spool *spool)
{
	*i = (struct intake){.first = first, .spool = spool};
	i->turns = (struct turns){.take = take_in, .context = i, .next = 1};
}

void
intake_free(struct intake *i)
{
	turns_free(&i->turns);
}

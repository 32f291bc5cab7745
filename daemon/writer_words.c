/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/writer_words.h"

#include "config/clock.h"
#include "daemon/alarms.h"
#include "daemon/compare.h"
#include "daemon/journal.h"
#include "daemon/question.h"
#include "daemon/settings.h"
#include "daemon/writer.h"

enum { ROOM_MS = 1000 /* how long a word of a mailbox may wait for room */ };

bool
writer_known(void *queue, const char *address, const char *folder, uint32_t uidvalidity,
             struct imap_uids *known, struct err *e)
{
	return question_ask(queue, WRITER_KNOWN, address, folder, uidvalidity, known, e);
}

/* deadline_ms as of queue_put(). What is not heard is dropped. */
static void
say(struct queue *queue, struct queue_item item, int64_t deadline_ms)
{
	if (queue_put(queue, item, deadline_ms, NULL) != QUEUE_DONE && item.drop)
		item.drop(item.body);
}

void
writer_note(void *queue, const char *address, enum err_code error, time_t failing_since, const char *text)
{
	struct queue_item item = {WRITER_NOTE, alarm_note_new(address, error, failing_since), 0,
	                          alarm_note_free};

	journal_of(
	        error == ERR_NONE ? JOURNAL_INFO : JOURNAL_WARNING,
	        &(struct journal_of){.mailbox = address, .error = error == ERR_NONE ? NULL : err_name(error)},
	        "%s: %s", address, text);
	say(queue, item, clock_mono_ms() + ROOM_MS);
}

void
writer_compare(void *queue, struct compare_seen *seen)
{
	say(queue, (struct queue_item){WRITER_COMPARE, seen, 0, compare_seen_free},
	    clock_mono_ms() + ROOM_MS);
}

void
writer_renew(struct queue *queue, struct settings *now)
{
	say(queue, (struct queue_item){WRITER_RENEW, settings_hold(now), 0, settings_drop}, -1);
}

void
writer_finish(struct queue *queue)
{
	say(queue, (struct queue_item){.kind = WRITER_FINISH}, -1);
}

void
writer_stop(struct queue *queue)
{
	say(queue, (struct queue_item){.kind = WRITER_STOP}, -1);
}

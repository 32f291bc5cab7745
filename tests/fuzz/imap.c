/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an IMAP server says, in one piece and in pieces: the same responses, and no more than the limits
 * allow. */
#include "tests/fuzz/fuzz.h"

#include "daemon/imap_read.h"

enum { LITERAL_MAX = 1 << 20 };

/* What a response says, as a line. */
static void
tell(struct buf *out, const struct imap_response *r)
{
	struct imap_uids uids = {0};
	uint32_t n = 0;

	buf_fmt(out, "%d %d %u ", (int)r->kind, (int)r->word, r->number);
	buf_add(out, r->tag.at, r->tag.len);
	buf_add(out, r->code.at, r->code.len);
	buf_add(out, r->text.at, r->text.len);
	buf_fmt(out, " %u %llu %lld %zu %d%d%d\n", r->fetched.uid, (unsigned long long)r->fetched.size,
	        (long long)r->fetched.date, r->fetched.body.len, r->fetched.answered, r->fetched.partial,
	        r->fetched.has_body);
	CHECK(r->fetched.body.len <= LITERAL_MAX, "a literal of %zu", r->fetched.body.len);
	buf_add(out, r->fetched.body.at, r->fetched.body.len);
	(void)imap_code_number(r, "UIDVALIDITY", &n);
	if ((r->word == IMAP_SEARCH || r->word == IMAP_ESEARCH) && imap_response_uids(r, &uids))
		buf_fmt(out, "%zu uids\n", uids.count);
	imap_uids_free(&uids);
}

static void
read_all(const uint8_t *data, size_t size, size_t step, struct buf *out)
{
	struct imap_reader *reader = imap_reader_new(LITERAL_MAX);
	enum imap_read got = IMAP_READ_MORE;
	struct imap_response r;
	struct err e = {0};

	while (got != IMAP_READ_BROKEN) {
		size_t room = 0, n = step < size ? step : size;
		void *to;

		while ((got = imap_reader_next(reader, &r, &e)) == IMAP_READ_RESPONSE)
			tell(out, &r);
		if (!n)
			break;
		if (got == IMAP_READ_BROKEN)
			continue;
		to = imap_reader_room(reader, &room);
		n = n < room ? n : room;
		memcpy(to, data, n);
		imap_reader_filled(reader, n);
		data += n;
		size -= n;
	}
	if (got == IMAP_READ_BROKEN)
		buf_fmt(out, "broken: %s\n", e.text);
	imap_reader_free(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT(64 << 20), pieces = BUF_INIT(64 << 20);
	size_t step = size ? 1 + data[0] % 61 : 1;

	read_all(data + (size > 0), size - (size > 0), SIZE_MAX, &whole);
	read_all(data + (size > 0), size - (size > 0), step, &pieces);
	CHECK(bytes_equal(buf_bytes(&whole), buf_bytes(&pieces)),
	      "cut every %zu bytes it says\n%s\nwhole\n%s", step, pieces.at ? pieces.at : "",
	      whole.at ? whole.at : "");
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}

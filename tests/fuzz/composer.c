/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reply made of what strangers wrote: addresses, names, subject, values, file names, links. Whatever they
 * hold, the mail is 7-bit lines with CRLF, each header one of ours and there once, to the one recipient; of a
 * stranger's text a few hundred characters at the most; the letter valid UTF-8, and its HTML made of the
 * templates' tags alone.
 *
 * Input: kind, shape, then strings parted by FF. */
#include "tests/fuzz/fuzz.h"

#include "config/text.h"
#include "daemon/mime.h"
#include "daemon/reply.h"
#include "parsers/document.h"
#include "parsers/reader.h"

#include <glob.h>
#include <openssl/evp.h>
#include <strings.h>

enum {
	MAIL_MAX = 40 << 20,
	TAGS_MAX = 400,
	VALUES = 7,
	FORMS = 2,
	LETTER_MAX = 64 << 10,
	HEAD_MAX = 16 << 10
};

static const char sha[] = "3f5a9c0e7d21b4866f0c9f2f8f0d6f7f1b2c3d4e5f60718293a4b5c6d7e8f901";

/* ---- the facts ---- */

struct shaped {
	struct reply_value values[FORMS][VALUES];
	struct reply_defect defects[FORMS][VALUES];
	struct reply_change changes[1];
	struct reply_form forms[FORMS];
	struct reply_unread unread[1];
	const char *references[4];
	const char *links[2];
};

static void
shape_form(const struct form *f, struct fuzz_input *in, struct arena *a, struct shaped *s, size_t n,
           unsigned shape)
{
	static const char *const codes[] = {"missing",     "placeholder",    "too_many",
	                                    "too_long",    "bad_phone",      "not_eligible",
	                                    "no_position", "unknown_region", "phone_partly_bad"};

	for (size_t i = 0; i < VALUES && i < f->field_count; i++) {
		unsigned b = fuzz_byte(in);

		s->values[n][i] = (struct reply_value){f->fields[i].key, fuzz_string(in, a), b & 1};
		s->defects[n][i] = (struct reply_defect){
		        f->fields[i].key, b & 2 ? fuzz_string(in, a) : codes[(b >> 4) % 9],
		        b & 4 ? fuzz_string(in, a) : NULL, b & 4 ? fuzz_string(in, a) : NULL, b & 8};
	}
	s->forms[n] = (struct reply_form){.receipt = n ? "CYMP-2022-0043" : "CYMP-2022-0042",
	                                  .source = fuzz_string(in, a),
	                                  .category = shape & 4 ? "county" : NULL,
	                                  .revision = 1,
	                                  .late = shape & 8,
	                                  .values = s->values[n],
	                                  .value_count = VALUES,
	                                  .defects = s->defects[n],
	                                  .defect_count = VALUES,
	                                  .changes = s->changes,
	                                  .change_count = shape & 16 ? 1 : 0};
}

static struct reply_facts
shape_facts(const struct form *f, struct fuzz_input *in, struct arena *a, struct shaped *s)
{
	unsigned kind = fuzz_byte(in), shape = fuzz_byte(in);
	struct reply_facts p = {.kind = (enum reply_kind)(kind % REPLY_KINDS),
	                        .id = shape & 1 ? "CYMP-2022-0042" : "M-3f5a9c0e7d",
	                        .number = 1,
	                        .own_name = "工业和信息化部工业文化发展中心",
	                        .own_addr = "maruijuan@miit-icdc.org",
	                        .own_domain = "miit-icdc.org",
	                        .own_contact = "联系人：马老师，电话：010-68200000",
	                        .received_at = 1654826700,
	                        .now = 1654826760,
	                        .mail_sha256 = sha,
	                        .log_seq = 128,
	                        .log_hash = sha};

	p.to_addr = fuzz_string(in, a);
	p.to_name = fuzz_string(in, a);
	p.subject = fuzz_string(in, a);
	p.message_id = fuzz_string(in, a);
	for (size_t i = 0; i < 3; i++)
		s->references[i] = fuzz_string(in, a);
	p.references = s->references;
	s->unread[0] =
	        (struct reply_unread){fuzz_string(in, a), shape & 2 ? "encrypted" : fuzz_string(in, a)};
	p.unread = s->unread;
	p.unread_count = shape >> 5 & 1;
	s->links[0] = shape & 64 ? fuzz_string(in, a) : NULL;
	p.links = s->links;
	s->changes[0] = (struct reply_change){"phone", fuzz_string(in, a), fuzz_string(in, a)};
	p.forms = s->forms;
	p.form_count = p.kind == REPLY_NO_FORM || p.kind == REPLY_UNREADABLE ? 0 : 1 + (shape >> 7);
	for (size_t n = 0; n < p.form_count; n++)
		shape_form(f, in, a, s, n, shape);
	return p;
}

/* ---- tags of the templates: all that HTML may hold ---- */

static char *tags[TAGS_MAX];
static size_t tag_count;

static bool
known_tag(const char *at, size_t len)
{
	for (size_t i = 0; i < tag_count; i++)
		if (strlen(tags[i]) == len && memcmp(tags[i], at, len) == 0)
			return true;
	return false;
}

static void
learn_tags(const char *path)
{
	struct buf b = BUF_INIT(1 << 20);
	FILE *f = fopen(path, "rb");
	void *to = buf_room(&b, 1 << 19);

	CHECK(f && to, "%s", path);
	b.len = fread(to, 1, 1 << 19, f);
	buf_seal(&b);
	(void)fclose(f);
	for (const char *p = b.at; (p = strchr(p, '<')); p++) {
		size_t n = strcspn(p, ">") + 1;

		if (!known_tag(p, n) && tag_count < TAGS_MAX)
			tags[tag_count++] = mem_dup0(p, n);
	}
	buf_free(&b);
}

static void
learn_all(void)
{
	glob_t g;

	CHECK(glob("config/templates/*.html", 0, NULL, &g) == 0, "no templates");
	for (size_t i = 0; i < g.gl_pathc; i++)
		learn_tags(g.gl_pathv[i]);
	globfree(&g);
	tags[tag_count++] = mem_str("<br>");
}

static void
check_html(const struct buf *b)
{
	for (const char *p = b->at; (p = strpbrk(p, "<>&")); p++) {
		size_t n = strcspn(p, *p == '&' ? ";" : ">") + 1;

		CHECK(*p != '>', "a > that ends nothing: %.80s", p);
		CHECK(*p == '&' ? n <= 8 : known_tag(p, n), "not of the templates: %.80s", p);
		p += n - 1;
	}
}

/* ---- the mail ---- */

static void
check_wire(struct bytes m)
{
	size_t line = 0;

	for (size_t i = 0; i < m.len; i++) {
		unsigned char c = m.at[i];

		CHECK((c >= 0x20 && c < 0x7F) || c == '\r' || c == '\n', "byte %02x at %zu", c, i);
		CHECK(c != '\n' || (i && m.at[i - 1] == '\r'), "a bare LF at %zu", i);
		CHECK(c != '\r' || (i + 1 < m.len && m.at[i + 1] == '\n'), "a bare CR at %zu", i);
		line = c == '\n' ? 0 : line + 1;
		CHECK(line < 998, "a line of %zu", line);
	}
}

/* The head: each header one of ours, once; the length of it all. */
static size_t
check_head(const char *m, const char *to_addr)
{
	static const char *const ours[] = {"From",
	                                   "To",
	                                   "Subject",
	                                   "Date",
	                                   "Message-ID",
	                                   "In-Reply-To",
	                                   "References",
	                                   "Auto-Submitted",
	                                   "X-Auto-Response-Suppress",
	                                   "X-Mingpian-Loop",
	                                   "MIME-Version",
	                                   "Content-Type"};
	bool seen[sizeof ours / sizeof *ours] = {false};
	const char *p = m;
	char want[MIME_ADDRESS_MAX + 16];

	while (strncmp(p, "\r\n", 2) != 0) {
		size_t name = strcspn(p, ":\r"), k = 0;

		if (*p == ' ') {
			CHECK(p != m && strspn(p, " ") < strcspn(p, "\r"), "a folded line of spaces");
		} else {
			while (k < sizeof ours / sizeof *ours &&
			       !(strlen(ours[k]) == name && !strncmp(ours[k], p, name)))
				k++;
			CHECK(k < sizeof ours / sizeof *ours && p[name] == ':' && !seen[k],
			      "a header of its own: %.60s", p);
			seen[k] = true;
		}
		(void)snprintf(want, sizeof want, "To: <%s>\r\n", to_addr);
		CHECK(strncmp(p, "To:", 3) != 0 || !strncmp(p, want, strlen(want)),
		      "another recipient: %.80s", p);
		p += strcspn(p, "\n") + 1;
	}
	CHECK(seen[0] && seen[1] && seen[2] && seen[3] && seen[4] && seen[7] && seen[8] && seen[9],
	      "a header is missing");
	CHECK(p - m < HEAD_MAX, "a head of %zu bytes", (size_t)(p - m));
	return (size_t)(p - m);
}

/* The n-th part of this type decoded into out; false: there is none. */
static bool
part_of(const char *m, const char *type, struct buf *out)
{
	const char *p = strstr(m, type);

	buf_clear(out);
	if (!p || !(p = strstr(p, "\r\n\r\n")))
		return false;
	for (p += 4; *p && strncmp(p, "--", 2) != 0 && strncmp(p, "\r\n", 2) != 0;) {
		size_t n = strcspn(p, "\r");
		unsigned char piece[128];
		int got = n <= 76 ? EVP_DecodeBlock(piece, (const unsigned char *)p, (int)n) : -1;

		CHECK(got >= 0, "no base64: %.80s", p);
		while (n && p[n - 1] == '=' && got)
			n--, got--;
		buf_add(out, piece, (size_t)got);
		p += strcspn(p, "\n") + 1;
	}
	return true;
}

static void
check_document(struct bytes docx)
{
	static const char *const none[] = {NULL};
	struct source s = {.data = docx, .name = "", .type = "", .charset = "", .passwords = none};
	struct arena *a = arena_new();
	struct document *d = doc_new(a);
	struct err e = {0};

	CHECK(reader_named("docx")->is(&s) && reader_named("docx")->read(&s, d, &e),
	      "the form cannot be read: %s", e.text);
	doc_end(d);
	arena_free(a);
}

static void
check_mail(const struct buf *mail, const struct reply_facts *p)
{
	struct buf part = BUF_INIT(MAIL_MAX);

	check_wire(buf_bytes(mail));
	(void)check_head(mail->at, p->to_addr);
	CHECK(part_of(mail->at, "Content-Type: text/plain", &part) && fuzz_utf8(buf_bytes(&part)), "no text");
	CHECK(part.len < LETTER_MAX, "a letter of %zu bytes", part.len);
	for (size_t i = 0; i < part.len; i++)
		CHECK((unsigned char)part.at[i] >= 0x20 || strchr("\r\n", part.at[i]), "control %02x",
		      part.at[i]);
	CHECK(part_of(mail->at, "Content-Type: text/html", &part) && fuzz_utf8(buf_bytes(&part)), "no HTML");
	CHECK(part.len < 2 * LETTER_MAX, "HTML of %zu bytes", part.len);
	check_html(&part);
	if (part_of(mail->at, "Content-Type: application/vnd.openxmlformats", &part))
		check_document(buf_bytes(&part));
	buf_free(&part);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reply_kit *kit;
	struct fuzz_input in = {data, data + size};
	const struct form *f = fuzz_form();
	struct arena *a = arena_new();
	struct shaped s = {0};
	struct reply_facts p;
	struct buf mail = BUF_INIT(MAIL_MAX);
	struct err e = {0};

	if (!kit) {
		CHECK(reply_kit_load(&kit, "config/templates", f, &e), "%s", e.text);
		learn_all();
	}
	p = shape_facts(f, &in, a, &s);
	if (reply_compose(kit, &p, &mail, &e))
		check_mail(&mail, &p);
	else
		CHECK(e.code == ERR_INPUT && !mime_address_ok(p.to_addr), "%s", e.text);
	buf_free(&mail);
	arena_free(a);
	return 0;
}

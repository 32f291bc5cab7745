/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/archive.h"

#include "config/mem.h"
#include "config/text.h"
#include "parsers/archive_words.h"
#include "parsers/member.h"
#include "parsers/rar_index.h"
#include "parsers/rar_solid.h"
#include "parsers/zipxml.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK = 64 << 10,
	EMPTY_MAX = 64, /* bytes of an archive that may have nothing in it */
	TAR_BLOCK = 512,
	TAR_SUM = 148, /* the checksum's place and length in a tar header (POSIX.1-2017, pax) */
	TAR_SUM_LEN = 8,
	RETRIES_MAX = 8, /* of a member: libarchive asks for more of them without end, of some broken RAR 5 */
};

/* What libarchive is told to know, so that no kind of file is opened that we did not mean. */
typedef int support(struct archive *in);

static support *const zip_support[] = {archive_read_support_format_zip, NULL};
static support *const zip_streamed_support[] = {archive_read_support_format_zip_streamable, NULL};
static support *const sevenzip_support[] = {archive_read_support_format_7zip, NULL};
static support *const rar_support[] = {archive_read_support_format_rar, archive_read_support_format_rar5,
                                       NULL};
static support *const tar_support[] = {archive_read_support_format_tar, NULL};
static support *const packed_support[] = {archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
                                          archive_read_support_filter_xz,   archive_read_support_format_tar,
                                          archive_read_support_format_raw,  NULL};

struct unpacking {
	const struct source *source;
	struct container_sink *sink;
	support *const *supported;
	struct archive *in;
	struct archive_words *words; /* of a ZIP with locked members */
	const char *word;            /* that opened the last of them, until libarchive asks for it */
	struct arena *names;
	struct buf member;
	unsigned char *chunk;
	struct rar_index rar; /* of a RAR: what its headers name … */
	size_t rar_next;      /* … and which of them libarchive has not come to */
	size_t entries, handed, locked, too_large, wasted;
	struct err left; /* what did not come out and has no name of its own; the first thing */
};

static void
note(struct unpacking *u, enum err_code code, const char *what, const char *name)
{
	if (u->left.code == ERR_NONE)
		(void)err_set(&u->left, code, "%s: %s", name, what);
}

/* The sentences by which libarchive says that it does not know a way of packing, or of locking; there is
 * no code for either. */
static enum err_code
code_of(const char *said)
{
	static const struct {
		const char *words;
		enum err_code code;
	} table[] = {
	        {"header size", ERR_DAMAGED}, /* "unsupported", it says */
	        {"ncrypt", ERR_ENCRYPTED},        {"assphrase", ERR_ENCRYPTED},
	        {"nsupported", ERR_UNSUPPORTED},  {"not supported", ERR_UNSUPPORTED},
	        {"unavailable", ERR_UNSUPPORTED}, {"codec ID", ERR_UNSUPPORTED},
	};
	size_t i;

	for (i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strstr(said, table[i].words))
			return table[i].code;
	return ERR_DAMAGED;
}

/* Why the last call failed, in one safe line. */
static enum err_code
failure(struct archive *in, bool locked, struct err *e)
{
	const char *said = archive_error_string(in);
	struct buf line = BUF_INIT(300);

	said = said ? said : "no reason given";
	text_plain(&line, said, 100);
	(void)err_set(e, locked ? ERR_ENCRYPTED : code_of(said), "%s", line.at ? line.at : "");
	buf_free(&line);
	return e->code;
}

/* A member of a ZIP that has lost its directory is passed over by unpacking it. */
static const char *
word_to_pass_over(struct archive *in, void *context)
{
	struct unpacking *u = context;
	const char *word = u->word;

	(void)in;
	u->word = NULL; /* libarchive keeps it, and asks until it hears no more */
	return word;
}

static struct archive *
open_with(void *context, const char *word, struct err *e)
{
	struct unpacking *u = context;
	struct archive *in = archive_read_new();

	if (!in)
		mem_die("opening an archive");
	for (support *const *kind = u->supported; *kind; kind++)
		(void)(*kind)(in);
	if (word)
		(void)archive_read_add_passphrase(in, word);
	else
		(void)archive_read_set_passphrase_callback(in, u, word_to_pass_over);
	if (archive_read_open_memory(in, u->source->data.at, u->source->data.len) == ARCHIVE_OK)
		return in;
	(void)failure(in, false, e);
	(void)archive_read_free(in);
	return NULL;
}

/* ---- one member ---- */

/* A RAR's header says more than libarchive does: it would take for damage what is locked (RAR 5), and what
 * goes on in another volume. */
static enum err_code
rar_why_not(const struct rar_file *f, struct err *e)
{
	if (f && f->locked)
		(void)err_set(e, ERR_ENCRYPTED, "locked with a password, and RAR's cannot be tried");
	else if (f && f->piece)
		(void)err_set(e, ERR_UNSUPPORTED, "it goes on in another part of the archive");
	return e->code;
}

/* The file that libarchive has come to, in the RAR's own words; NULL where there are none. */
static const struct rar_file *
rar_this(const struct unpacking *u)
{
	return u->rar_next && u->rar_next <= u->rar.count ? &u->rar.files[u->rar_next - 1] : NULL;
}

static size_t
member_max(const struct unpacking *u)
{
	return u->sink->room < ARCHIVE_MEMBER_MAX ? u->sink->room : ARCHIVE_MEMBER_MAX;
}

static bool
is_zip(struct archive *in)
{
	return (archive_format(in) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
}

/* Unpack the entry that in has come to into u->member. */
static enum err_code
read_data(void *context, struct archive *in, struct archive_entry *entry, struct err *e)
{
	struct unpacking *u = context;
	int retries = 0;
	la_ssize_t n;

	buf_clear(&u->member);
	u->member.max = member_max(u);
	/* a ZIP's member can be passed over at no cost; the others must be unpacked even for that */
	if (is_zip(in) && archive_entry_size_is_set(entry) &&
	    archive_entry_size(entry) > (la_int64_t)u->member.max)
		goto too_large;
	while ((n = archive_read_data(in, u->chunk, CHUNK)) != 0) {
		if (n == ARCHIVE_RETRY && retries++ < RETRIES_MAX)
			continue;
		if (n < 0)
			return failure(in, archive_entry_is_encrypted(entry), e);
		buf_add(&u->member, u->chunk, (size_t)n);
		u->wasted += u->member.over ? (size_t)n : 0;
		if (u->wasted > ARCHIVE_WASTE_MAX)
			goto too_large;
	}
	if (!u->member.over)
		return ERR_NONE;
	u->wasted += u->member.len;
too_large:
	(void)err_set(e, ERR_TOO_LARGE, "more than is read of one file");
	return ERR_TOO_LARGE;
}

/* ERR_NONE: the entry is whole; else why not, and e says so. */
static enum err_code
read_member(struct unpacking *u, struct archive_entry *entry, struct err *e)
{
	const char *word;

	if (rar_why_not(rar_this(u), e))
		return e->code;
	if (!is_zip(u->in) || !archive_entry_is_encrypted(entry))
		return read_data(u, u->in, entry, e);
	if (!u->words)
		u->words = archive_words_new(open_with, read_data, u, u->source->passwords);
	word = archive_words_try(u->words, u->entries, e);
	if (word)
		u->word = word;
	return e->code;
}

/* What gzip packs has no name but the archive's: 登记表.doc.gz holds 登记表.doc. */
static const char *
packed_name(struct unpacking *u)
{
	const char *own = member_name(u->names, u->source->name), *dot = strrchr(own, '.');

	if (!dot || dot == own)
		return own;
	return arena_dup0(u->names, own, (size_t)(dot - own));
}

static const char *
entry_name(struct unpacking *u, struct archive_entry *entry)
{
	bool packed = (archive_format(u->in) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW;
	const char *raw = archive_entry_pathname(entry), *name;

	if (!raw)
		raw = archive_entry_pathname_utf8(entry);
	name = packed ? packed_name(u) : member_path(u->names, bytes_str(raw));
	return *name ? name : member_unnamed(u->names, u->entries, buf_bytes(&u->member));
}

static bool
is_file(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry);
}

/* False: nothing more is wanted, or can be had. */
static bool
take_entry(struct unpacking *u, struct archive_entry *entry)
{
	struct err e = {0};
	enum err_code code = read_member(u, entry, &e);
	const char *name;

	if (!is_file(entry)) /* was read to be counted: folders may hold gigabytes, too */
		return u->wasted <= ARCHIVE_WASTE_MAX;
	name = entry_name(u, entry);
	if (code == ERR_NONE) {
		u->handed++;
		return u->sink->member(u->sink->context, name, buf_bytes(&u->member));
	}
	if (code == ERR_DAMAGED) {
		note(u, code, e.text, name);
		return true;
	}
	u->handed++;
	u->sink->unread(u->sink->context, name, &e);
	u->locked += code == ERR_ENCRYPTED;
	u->too_large += code == ERR_TOO_LARGE;
	if (u->wasted <= ARCHIVE_WASTE_MAX && u->too_large < ARCHIVE_TOO_LARGE_MAX)
		return true;
	note(u, ERR_TOO_LARGE, "and more of the kind", name);
	return false;
}

/* ---- the archive ---- */

/* A file that libarchive does not get at. */
static void
rar_tell(struct unpacking *u, const struct rar_file *f, const struct err *failed)
{
	struct err why = {0};
	const char *name = rar_name(u->names, &u->rar, f);

	if (f->folder || !*name)
		return;
	if (!rar_why_not(f, &why))
		why = *failed;
	u->handed++;
	u->sink->unread(u->sink->context, name, &why);
}

/* Those behind the file at which libarchive gave up, or never came to. False: there is more to tell of the
 * archive than of its files. */
static bool
rar_tell_rest(struct unpacking *u, struct err failed)
{
	bool locked = false, piece = false;

	for (size_t i = 0; i < u->rar.count; i++) {
		locked = locked || u->rar.files[i].locked;
		piece = piece || u->rar.files[i].piece;
	}
	if (failed.code == ERR_DAMAGED && locked) /* packed as one run: each builds on those before it */
		(void)err_set(&failed, ERR_ENCRYPTED, "packed with a locked file");
	else if (failed.code == ERR_DAMAGED && piece)
		(void)err_set(&failed, ERR_UNSUPPORTED, "packed with what is in another part of the archive");
	if (failed.code == ERR_NONE || failed.code == ERR_DAMAGED)
		return false;
	while (u->rar_next < u->rar.count)
		rar_tell(u, &u->rar.files[u->rar_next++], &failed);
	return locked || piece;
}

/* The next entry; false at the end, and where e says why there is none. */
static bool
next_entry(struct unpacking *u, struct archive_entry **entry_r, struct err *e)
{
	int rc = archive_read_next_header(u->in, entry_r);

	if (rc == ARCHIVE_EOF)
		return false;
	if (rc < ARCHIVE_WARN) {
		(void)failure(u->in, archive_read_has_encrypted_entries(u->in) > 0 && !u->handed, e);
		return false;
	}
	if (++u->entries > ARCHIVE_ENTRIES_MAX)
		return err_set(e, ERR_TOO_LARGE, "too many files in it");
	while (u->rar_next < u->rar.count && u->rar.files[u->rar_next].passed)
		rar_tell(u, &u->rar.files[u->rar_next++], e);
	u->rar_next++;
	return true;
}

static bool
open_archive(struct unpacking *u, struct err *e)
{
	u->entries = u->rar_next = 0;
	u->in = open_with(u, NULL, e);
	return u->in != NULL;
}

static void
close_archive(struct unpacking *u)
{
	(void)archive_read_free(u->in);
	u->in = NULL;
}

/* A locked member is the end for libarchive, in some formats: name those behind the first `done` without
 * trying to read them. False: they cannot be listed either. */
static bool
list_locked(struct unpacking *u, size_t done)
{
	struct archive_entry *entry;
	struct err e = {0}, why;
	bool ok = open_archive(u, &e);

	(void)err_set(&why, ERR_ENCRYPTED, "behind a locked file");
	while (ok && next_entry(u, &entry, &e))
		if (u->entries > done && is_file(entry))
			u->sink->unread(u->sink->context, entry_name(u, entry), &why);
	close_archive(u);
	return e.code == ERR_NONE;
}

static void
read_archive(struct unpacking *u, support *const *supported)
{
	struct archive_entry *entry;
	struct err e = {0};
	bool more; /* false: the receiver has enough */
	size_t done;

	u->supported = supported;
	more = open_archive(u, &e);
	u->left = (struct err){0};
	while (more && next_entry(u, &entry, &e))
		more = take_entry(u, entry);
	done = u->entries;
	archive_words_free(u->words);
	u->words = NULL;
	close_archive(u);
	if (e.code == ERR_NONE && !done && u->source->data.len > EMPTY_MAX && !u->handed)
		(void)err_set(&e, ERR_DAMAGED, "nothing is found in it");
	if (e.code == ERR_NONE && more && u->rar.cut)
		(void)err_set(&e, ERR_DAMAGED, "it is cut off");
	if (rar_tell_rest(u, e))
		return;
	if (e.code != ERR_NONE && u->locked) {
		if (list_locked(u, done))
			return;
		e.code = ERR_ENCRYPTED;
	}
	if (e.code != ERR_NONE)
		note(u, e.code, e.text, "the archive");
}

/* ---- RAR 4 packed as one run ---- */

static bool
is_rar_solid(const struct unpacking *u)
{
	bool plain = u->rar.version == 4 && u->rar.solid;

	for (size_t i = 0; i < u->rar.count && plain; i++)
		plain = !u->rar.files[i].locked && !u->rar.files[i].piece;
	return plain;
}

static bool
take_solid(void *context, const char *raw, const struct buf *member, const struct err *e)
{
	struct unpacking *u = context;
	const char *name = member_path(u->names, bytes_str(raw));

	u->entries++;
	if (!*name)
		name = member_unnamed(u->names, u->entries, buf_bytes(member));
	if (e->code != ERR_NONE) {
		u->handed++;
		u->sink->unread(u->sink->context, name, e);
		return true;
	}
	if (!u->sink->member(u->sink->context, name, buf_bytes(member)))
		return false;
	u->member.max = member_max(u);
	return true;
}

static void
read_solid(struct unpacking *u)
{
	struct err e = {0};

	u->member.max = member_max(u);
	if (!rar_solid_unpack(u->source->data, &u->member, ARCHIVE_WASTE_MAX, take_solid, u, &e))
		note(u, e.code, e.text, "the archive");
}

/* supported, and what to try where nothing came out that way (may be NULL). */
static bool
unpack(const struct source *s, struct container_sink *sink, support *const *supported,
       support *const *otherwise, struct err *e)
{
	struct unpacking u = {.source = s, .sink = sink, .names = arena_new(), .chunk = mem_alloc(CHUNK, 1)};
	/* libarchive gives names in the locale's charset, and would lose all that C has no letters for.
	 * For this thread and these calls only; where there is no such locale, it stays as it is. */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), was = uselocale(utf8);

	rar_index(&u.rar, u.names, s->data);
	if (is_rar_solid(&u))
		read_solid(&u);
	else
		read_archive(&u, supported);
	if (otherwise && u.left.code == ERR_DAMAGED && !u.handed)
		read_archive(&u, otherwise);
	(void)uselocale(was);
	if (utf8)
		freelocale(utf8);
	buf_free(&u.member);
	free(u.chunk);
	arena_free(u.names);
	return u.left.code == ERR_NONE || err_set(e, u.left.code, "%s", u.left.text);
}

/* ---- kinds ---- */

static bool
zip_is(const struct source *s)
{
	/* Packages of programs whose documents we do not read, or that are no documents: the file, not
	 * what lies in it, is what a person would open. */
	static const char *const packages[] = {"[Content_Types].xml",  "mimetype",           "OFD.xml",
	                                       "META-INF/MANIFEST.MF", "Index/Document.iwa", NULL};
	size_t i;

	if (bytes_begin(s->data, "PK\5\6") || bytes_begin(s->data, "PK\7\10PK"))
		return true;
	if (!bytes_begin(s->data, "PK\3\4"))
		return false;
	for (i = 0; packages[i]; i++)
		if (zipxml_is(s->data, packages[i]))
			return false;
	return true;
}

static bool
zip_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	return unpack(s, sink, zip_support, zip_streamed_support, e);
}

const struct reader zip_reader = {.name = "zip", .extension = "zip", .is = zip_is, .unpack = zip_unpack};

static bool
sevenzip_is(const struct source *s)
{
	return bytes_begin(s->data, "7z\xBC\xAF\x27\x1C");
}

static bool
sevenzip_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	return unpack(s, sink, sevenzip_support, NULL, e);
}

const struct reader sevenzip_reader = {
        .name = "7z",
        .extension = "7z",
        .is = sevenzip_is,
        .unpack = sevenzip_unpack,
};

static bool
rar_is(const struct source *s)
{
	return bytes_begin(s->data, "Rar!\x1A\x07");
}

static bool
rar_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	return unpack(s, sink, rar_support, NULL, e);
}

const struct reader rar_reader = {.name = "rar", .extension = "rar", .is = rar_is, .unpack = rar_unpack};

/* Old tars have no signature: the checksum of the first header tells, in which its own place counts as
 * spaces. */
static bool
tar_is(const struct source *s)
{
	unsigned long sum = 0, want;
	char octal[TAR_SUM_LEN + 1] = "";
	size_t i;

	if (s->data.len < TAR_BLOCK || !s->data.at[0])
		return false;
	memcpy(octal, s->data.at + TAR_SUM, TAR_SUM_LEN);
	want = strtoul(octal, NULL, 8);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += i >= TAR_SUM && i < TAR_SUM + TAR_SUM_LEN ? ' ' : s->data.at[i];
	return sum == want;
}

static bool
tar_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	return unpack(s, sink, tar_support, NULL, e);
}

const struct reader tar_reader = {.name = "tar", .extension = "tar", .is = tar_is, .unpack = tar_unpack};

static bool
packed_is(const struct source *s)
{
	return bytes_begin(s->data, "\x1F\x8B\x08") || bytes_begin(s->data, "\xFD\x37zXZ") ||
	       (bytes_begin(s->data, "BZh") && s->data.len > 4 && s->data.at[4] == '1');
}

static bool
packed_unpack(const struct source *s, struct container_sink *sink, struct err *e)
{
	return unpack(s, sink, packed_support, NULL, e);
}

const struct reader packed_reader = {
        .name = "gz",
        .extension = "gz",
        .is = packed_is,
        .unpack = packed_unpack,
};

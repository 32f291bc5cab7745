/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/olekinds.h"

#include "parsers/ole.h"

static bool
locked_is(const struct source *s)
{
	static const char *const names[] = {"EncryptedPackage", NULL};

	return ole_holds(s->data, names) != NULL;
}

static bool
locked_read(const struct source *s, struct document *d, struct err *e)
{
	(void)s, (void)d;
	return err_set(e, ERR_ENCRYPTED, "the document is locked with a password");
}

const struct reader ooxml_locked_reader = {
        .name = "ooxml-locked",
        .extension = "docx",
        .is = locked_is,
        .read = locked_read,
};

static bool
other_is(const struct source *s)
{
	return ole_is(s->data);
}

static bool
other_read(const struct source *s, struct document *d, struct err *e)
{
	struct ole *o = ole_open(s->data, e);
	bool cut = o && ole_is_cut(o);

	(void)d;
	ole_close(o);
	if (!o)
		return false;
	if (cut)
		return err_set(e, ERR_DAMAGED, "the file's directory is cut off");
	return err_set(e, ERR_UNSUPPORTED, "an OLE2 file that holds no document of a kind that is read");
}

const struct reader ole_reader = {
        .name = "ole",
        .extension = "ole",
        .is = other_is,
        .read = other_read,
};

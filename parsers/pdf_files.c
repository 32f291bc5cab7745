/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/pdf_files.h"

static gboolean
file_write(const gchar *at, gsize len, gpointer to, GError **g)
{
	struct buf *b = to;

	(void)g;
	buf_add(b, at, len);
	return !b->over;
}

static void
file_lost(struct document *d, const char *name, bool too_large)
{
	struct err why = {0};

	if (too_large)
		(void)err_set(&why, ERR_TOO_LARGE, "more than is read of a file put into another");
	else
		(void)err_set(&why, ERR_DAMAGED, "it is empty, or its data are broken");
	doc_file_unread(d, name, &why);
}

static void
push_file(struct document *d, PopplerAttachment *a)
{
	const char *name = a->name && *a->name ? a->name : "附件";
	struct buf data = BUF_INIT(DOC_FILE_MAX);

	if (poppler_attachment_save_to_callback(a, file_write, &data, NULL) && data.len)
		doc_file(d, name, buf_bytes(&data));
	else
		file_lost(d, name, data.over);
	g_object_unref(a);
	buf_free(&data);
}

void
pdf_files_attached(struct document *d, PopplerDocument *doc)
{
	GList *all = poppler_document_has_attachments(doc) ? poppler_document_get_attachments(doc) : NULL;

	for (GList *l = all; l; l = l->next)
		push_file(d, l->data);
	g_list_free(all);
}

void
pdf_files_pinned(struct document *d, PopplerPage *page)
{
	GList *notes = poppler_page_get_annot_mapping(page);

	for (GList *l = notes; l; l = l->next) {
		const PopplerAnnotMapping *m = l->data;
		PopplerAttachment *a = poppler_annot_get_annot_type(m->annot) == POPPLER_ANNOT_FILE_ATTACHMENT
		                               ? poppler_annot_file_attachment_get_attachment(
		                                         POPPLER_ANNOT_FILE_ATTACHMENT(m->annot))
		                               : NULL;

		if (a)
			push_file(d, a);
	}
	poppler_page_free_annot_mapping(notes);
}

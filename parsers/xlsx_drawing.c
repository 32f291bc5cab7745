/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/xlsx_drawing.h"

#include "parsers/opc.h"

#include <string.h>

enum { PICTURE_MAX = 32 << 20 };

struct drawing {
	struct zipxml *zip;
	struct document *d;
	struct opc_relations relations; /* of the drawing */
	bool text;                      /* in an element whose characters are text */
	int alternative;                /* depth inside what stands there for old programs */
};

static void
push_picture(struct drawing *x, struct bytes id)
{
	struct buf data = BUF_INIT(PICTURE_MAX);
	const struct opc_relation *r = opc_relation(&x->relations, id);

	if (r && zipxml_read(x->zip, r->target, &data, NULL))
		doc_picture(x->d, buf_bytes(&data));
	buf_free(&data);
}

static void
on_begin(void *context, const struct xml_tag *t)
{
	struct drawing *x = context;

	if (x->alternative || strcmp(t->name, "Fallback") == 0)
		x->alternative++;
	else if (strcmp(t->name, "t") == 0)
		x->text = true;
	else if (strcmp(t->name, "br") == 0)
		doc_text(x->d, "\n", 1);
	else if (strcmp(t->name, "blip") == 0 && xml_attribute(t, "embed").len)
		push_picture(x, xml_attribute(t, "embed"));
}

static void
on_end(void *context, const char *ns, const char *name)
{
	struct drawing *x = context;

	(void)ns;
	if (x->alternative) {
		x->alternative--;
		return;
	}
	if (strcmp(name, "t") == 0)
		x->text = false;
	else if (strcmp(name, "p") == 0)
		doc_end_paragraph(x->d);
}

static void
on_text(void *context, const char *s, size_t len)
{
	struct drawing *x = context;

	if (x->text && !x->alternative)
		doc_text(x->d, s, len);
}

static void
read_drawing(struct zipxml *z, struct arena *a, const char *part, struct document *d)
{
	static const struct xml_events events = {on_begin, on_end, on_text};
	struct drawing x = {.zip = z, .d = d, .relations = opc_relations(z, a, part)};

	(void)zipxml_stream(z, part, &events, &x, NULL);
	doc_end_paragraph(d);
}

void
xlsx_drawing_read(struct zipxml *z, struct arena *a, const char *sheet, struct document *d)
{
	struct opc_relations all = opc_relations(z, a, sheet);

	opc_push_files(z, &all, d);
	for (const struct opc_relation *r = all.first; r; r = r->next)
		if (opc_is(r, "drawing"))
			read_drawing(z, a, r->target, d);
}

void
xlsx_drawing_read_cells(struct zipxml *z, struct arena *a, struct document *d)
{
	static const char part[] = "xl/cellimages.xml";

	if (zipxml_has(z, part))
		read_drawing(z, a, part, d);
}

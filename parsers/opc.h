/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open Packaging Conventions (ISO/IEC 29500-2): which part of an Office file is what. */
#ifndef MINGPIAN_PARSERS_OPC_H
#define MINGPIAN_PARSERS_OPC_H

#include "config/mem.h"
#include "parsers/document.h"
#include "parsers/zipxml.h"

#include <stdbool.h>

struct opc_relation {
	struct opc_relation *next;
	const char *id, *type;
	const char *target; /* the entry's name in the ZIP */
};

struct opc_relations {
	struct opc_relation *first;
};

/* The relations of a part ("" for the package's own), in a; none where they are missing or broken: a
 * document is whole without. Relations that lead out of the package are left out. */
struct opc_relations opc_relations(struct zipxml *z, struct arena *a, const char *part);

/* The one with this id, or NULL. */
const struct opc_relation *opc_relation(const struct opc_relations *all, struct bytes id);

/* Is its type this one ("header"), whichever edition of the standard it names? */
bool opc_is(const struct opc_relation *r, const char *type);

/* Hand d the files that the part has in it, as icons or shown (a workbook in a letter), and what it takes in
 * from beside it as text (an HTML page that stands for the body). */
void opc_push_files(struct zipxml *z, const struct opc_relations *all, struct document *d);

/* The entry that holds the document: usual, if it is there, else what the package names. */
const char *opc_main_part(struct zipxml *z, struct arena *a, const char *usual);

/* Is b a package with its document at usual, or somewhere in folder? */
bool opc_is_package(struct bytes b, const char *usual, const char *folder);

#endif

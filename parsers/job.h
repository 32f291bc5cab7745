/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One input, one answer: what mingpian-parse does once all is set up, in a process of its own or in a
 * child of the server (serve.h). The same bytes give the same answer in both. */
#ifndef MINGPIAN_PARSERS_JOB_H
#define MINGPIAN_PARSERS_JOB_H

#include "config/buf.h"
#include "config/err.h"
#include "config/form.h"

#include <stdbool.h>
#include <time.h>

struct job {
	const struct form *form;
	time_t received;      /* decides whether the mail is late */
	bool explain;         /* also say where each value stands */
	bool dump;            /* print the structure of the documents instead */
	bool overlay;         /* the input is a form and values given later, no mail (overlay.h) */
	enum err_code closed; /* outline: no file is opened, each that may be a document is unread for this
	                       * reason; ERR_NONE: all are read */
};

/* Append the answer to input to out. False: ERR_NOT_MAIL, or what overlay_form() says. */
bool job_answer(const struct job *j, struct bytes input, struct buf *out, struct err *e);

/* The same from a descriptor, called name in errors, to standard output. */
bool job_run(const struct job *j, int fd, const char *name, struct err *e);

#endif

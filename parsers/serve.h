/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpian-parse as a server (--serve): started once, set up once, narrowed, and then a fresh child for each
 * input. The child enters the sandbox before it reads its input's first byte, and ends with its answer.
 *
 * The server itself reads nothing of a mail. What it was given at its start (form, limits) holds for all
 * jobs; what differs stands in the request. One job at a time: who wants two at once starts two servers.
 *
 * Its standard input is a socket of SOCK_SEQPACKET, and these are its messages, in this order:
 *
 *	─► struct serve_request, with three descriptors: the input, and where answer and complaints go
 *	◄─ SERVE_READY, once after the start
 *	◄─ SERVE_STARTED, SERVE_ENDED for each request
 *
 * When the socket is closed it ends, and its child with it. */
#ifndef MINGPIAN_PARSERS_SERVE_H
#define MINGPIAN_PARSERS_SERVE_H

#include "config/err.h"
#include "parsers/job.h"
#include "parsers/sandbox.h"

#include <stdint.h>

enum {
	SERVE_FDS = 3,
	SERVE_PICTURES = 75, /* a child's exit status: there are pictures in it, and this server reads none */
};

enum serve_what { SERVE_READY = 1, SERVE_STARTED, SERVE_ENDED };

struct serve_request {
	int64_t received;
	int32_t overlay;
	int32_t closed; /* enum err_code of struct job */
};

struct serve_report {
	int32_t what;   /* enum serve_what */
	int32_t status; /* SERVE_ENDED: as from waitpid(2) */
};

struct serve_config {
	struct job job; /* but for what stands in the request */
	struct sandbox_limits limits;
	bool sandbox;
};

/* Serve until the socket is closed: true. False: e says why it cannot, or who sent nonsense. In a child
 * this does not return. */
bool serve(const struct serve_config *c, struct err *e);

#endif

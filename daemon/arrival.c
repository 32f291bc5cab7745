/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/arrival.h"

#include "daemon/ingest.h"

#include <stdlib.h>

void
arrival_free(void *arrival)
{
	static const struct err dropped = {ERR_AGAIN,
	                                   "it was not taken in: the daemon is ending, or its disk is "
	                                   "full; try again"};
	struct arrival *a = arrival;

	if (!a)
		return;
	if (a->asker)
		ingest_done(a->asker, NULL, &dropped);
	free(a->mailbox);
	free(a->folder);
	free(a->bytes);
	free(a);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message as Outlook saves it (MS-OXMSG): its text, its attachments, messages attached to it, each a step
 * of the path, and documents put into the text as objects. */
#ifndef MINGPIAN_PARSERS_MSG_H
#define MINGPIAN_PARSERS_MSG_H

#include "parsers/reader.h"

enum {
	MSG_DEPTH_MAX = 6, /* messages in each other */
	MSG_FILES_MAX = 2000,
};

extern const struct reader msg_reader;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the quoted part of a mail begins, told by what mail programs write above it: a rule around
 * 原始邮件, a block of 发件人: 发送时间: 收件人:, or a line that ends in 写道：. Typography that all forms
 * share; words that only one campaign knows stand in the form file and are the recogniser's. */
#ifndef MINGPIAN_PARSERS_QUOTING_H
#define MINGPIAN_PARSERS_QUOTING_H

#include "parsers/document.h"

/* Mark what stands below such a line as quoted, in a document that is open between two blocks.
 * Below 写道： that is what the reader marked already (> or a blockquote), where it marked anything.
 *
 * A table in which an answer stands beside what it quotes was drawn by the mail program around the whole
 * letter: what its cells hold takes its place. */
void quoting_mark(struct document *d);

#endif

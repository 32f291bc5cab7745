/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where there is no memory, a program of ours says so and ends with EX_OSERR, whoever asked for it. Libraries
 * that are told of it do worse: libconfig 1.5 follows the null pointer, jansson leaves a member out, libxml2
 * ends the document there, and what was read of it would be believed. */
#ifndef MINGPIAN_CONFIG_NO_MEMORY_H
#define MINGPIAN_CONFIG_NO_MEMORY_H

#include <stddef.h>

/* Requests of so many bytes and more are answered with NULL all the same: a picture that is too large is an
 * answer and no end. At first there are none. */
extern size_t no_memory_spares;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample form, config/form.cfg, and its zone, for all tests of a file: the first and the last word of
 * cmocka_run_group_tests(). Behind cmocka.h. */
#ifndef MINGPIAN_TESTS_SAMPLE_FORM_H
#define MINGPIAN_TESTS_SAMPLE_FORM_H

#include "config/clock.h"
#include "config/form.h"

static struct form *form;

static int
load_form(void **state)
{
	struct err e = {0};

	(void)state;
	if (clock_zone("Asia/Shanghai", &e) && form_load(&form, "config/form.cfg", &e))
		return 0;
	print_error("%s\n", e.text);
	return -1;
}

static int
drop_form(void **state)
{
	(void)state;
	form_free(form);
	return 0;
}

#endif

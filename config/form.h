/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form file (form.cfg): all that the parser knows of a campaign. Labels, hints, rules, limits and
 * words stand there and nowhere in C, so that a second batch with another deadline, another field or
 * another wording is a matter of configuration. */
#ifndef MINGPIAN_CONFIG_FORM_H
#define MINGPIAN_CONFIG_FORM_H

#include "config/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum { FORM_FIELDS_MAX = 24 };

/* What a field's value is, and so how it is read and checked. */
enum form_kind {
	FORM_REGION,  /* a place: resolved to code and category */
	FORM_UNIT,    /* an office */
	FORM_NAMES,   /* a list of names: split at 、 and the like; at most `max` of them */
	FORM_TEXT,    /* free text, one line */
	FORM_PROFILE, /* paragraphs; at most `max` 字 as Word counts */
	FORM_CONTACT, /* a person's name, and a position */
	FORM_PHONE,   /* one number or more */
	FORM_KINDS
};

/* A NULL-terminated list of strings; never NULL itself. */
typedef const char *const *form_list;

struct form_field {
	const char *key;    /* in JSON, log and workbook: "lead_unit" */
	const char *label;  /* as the blank form prints it: 牵头单位 */
	form_list synonyms; /* other labels for it, as people rename them */
	form_list parts; /* labels of a part of it, appended to it: 职务 beside 联系人, 手机 beside 电话 */
	const char *hint; /* the blank form's hint, without 【】; "" where it has none */
	form_list hints;  /* other hints seen */
	enum form_kind kind;
	bool required;
	bool generic;        /* its labels stand in any document (联系人): proves no form */
	int max;             /* names, or 字; 0: no limit */
	const char *example; /* what is right, for the reply */
};

struct form {
	const char *file;           /* where it was read from, for messages */
	const char *version;        /* SHA-256 of the file, hex: "parser or form changed" is told by it */
	const char *name;           /* the campaign: "2022" */
	const char *title;          /* 区域（城市）产业名片打造登记表 */
	form_list titles;           /* other titles that stand over a form */
	const char *zone;           /* Asia/Shanghai */
	time_t deadline_end;        /* the first second that is late */
	const char *receipt_prefix; /* "CYMP-2022-": a bounce names our reply by it */

	/* how many different labels make a form: in all, and of fields that are not generic */
	int evidence_labels;
	int evidence_specific;
	int evidence_titled; /* labels in all, under a title */

	struct form_field fields[FORM_FIELDS_MAX]; /* in the order of the form */
	size_t field_count;

	/* who we are */
	form_list own_addresses;         /* the mailboxes, lower case */
	form_list own_domains;           /* the Center's, lower case */
	const char *trusted_authserv_id; /* RFC 8601; "" where none is trusted */
	const char *message_id_prefix;   /* "mingpian.": a Message-ID of ours is <prefix…@own domain> */
	const char *loop_header;         /* "X-Mingpian-Loop" */

	/* words, each a substring looked for in folded text (text_fold) */
	form_list words_form;        /* it speaks of the form: 登记表 */
	form_list words_programme;   /* it speaks of the programme: 产业名片, 名片打造 */
	form_list words_sending;     /* it sends something: 附件, 报送, 请查收 … */
	form_list words_letter;      /* names or opens a cover letter: 推荐函, 的函 … */
	form_list words_quote;       /* a line that begins quoted text: 原始邮件, 写道： … */
	form_list words_signature;   /* a line that begins a signature */
	form_list words_placeholder; /* stands for nothing: XX, ××, 〇〇, 略, 无? as the file says */
	form_list words_password;    /* before a password in the mail's text: 密码, 口令 */
	form_list words_position;    /* positions, for FORM_CONTACT: 局长, 科长, 主任 … */
	form_list words_withdraw;    /* a registration is taken back: 撤回, 作废 */
	form_list words_order_release, words_order_accept, words_order_dismiss; /* staff settle what waits */
	form_list words_other_label; /* labels of forms that are none of ours: 传真, 备注, 序号 … */
	form_list words_label_extra; /* may stand beside a label in its cell: 名称, 必填 … */
	form_list words_remark; /* begins a remark row or line under a table: 注, 合计, 填表说明 … */
	form_list words_auto_subject; /* hints of automatic mail: 自动回复, 退信 … */
	form_list words_bounce;       /* a Chinese provider's bounce: 系统退信, 退信 … */
	form_list cloud_hosts;        /* hosts of cloud attachments: wx.mail.qq.com, pan.baidu.com … */

	struct form_kept *kept; /* NULL in a form that was not loaded */
};

/* What one reader of forms made of this one and keeps with it; empty at first, dropped with the form. */
struct form_kept {
	void *what;
	void (*drop)(void *what);
};

/* Read file; its zone becomes the process's (clock_zone). False: e says file, line and what was
 * expected (ERR_CONFIG; ERR_INPUT where the file cannot be read). Free with form_free(). */
bool form_load(struct form **f_r, const char *file, struct err *e);
void form_free(struct form *f); /* NULL is fine */

/* The field with this key, or NULL. */
const struct form_field *form_field(const struct form *f, const char *key);

/* The first field of this kind, or NULL; its place in fields[]. */
const struct form_field *form_field_of(const struct form *f, enum form_kind kind);

/* Is one of the list's words in text (both folded by text_fold; the list is folded already)? */
bool form_has_word(form_list words, const char *folded_text);

/* Is this address one of our mailboxes; of our domains? Case is ignored. */
bool form_own_address(const struct form *f, const char *address);
bool form_own_domain(const struct form *f, const char *address);

/* Is this Message-ID (with or without <>) of our pattern? */
bool form_own_message_id(const struct form *f, const char *message_id);

#endif

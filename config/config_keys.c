/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/config_keys.h"

#include "config/config.h"

#define COUNT(t) (sizeof(t) / sizeof *(t))
#define KEY(key, k, at, ...)                                                        \
	{                                                                           \
		.name = (key), .kind = (k), .offset = (at), .fallback = __VA_ARGS__ \
	}
#define GROUP(t, type)                                               \
	{                                                            \
		.keys = (t), .count = COUNT(t), .size = sizeof(type) \
	}

/* A value may lean on one above it: days are read in the zone. */
#define AT(m) offsetof(struct config_campaign, m)
static const struct config_key campaign_keys[] = {
        KEY("name", KIND_TEXT, AT(name), NULL, .min = 1),
        KEY("form", KIND_PATH, AT(form), NULL, .min = 1),
        KEY("timezone", KIND_ZONE, AT(zone), "Asia/Shanghai"),
        KEY("since", KIND_DAY, AT(since), NULL),
        KEY("deadline", KIND_DAY_END, AT(deadline_end), NULL),
        KEY("closes", KIND_DAY_END, AT(closes_end), NULL),
        KEY("keep_until", KIND_DAY_END, AT(keep_end), NULL),
        KEY("receipt_prefix", KIND_PREFIX, AT(receipt_prefix), NULL),
};
#undef AT
static const struct config_group campaign_group = GROUP(campaign_keys, struct config_campaign);

#define AT(m) (offsetof(struct config, own.m) - offsetof(struct config, own))
static const struct config_key own_keys[] = {
        KEY("name", KIND_TEXT, AT(name), NULL, .min = 1),
        KEY("domains", KIND_LIST, AT(domains), NULL, .min = 1, .max = 16, .element = KIND_DOMAIN),
        KEY("trusted_authserv_id", KIND_TEXT, AT(trusted_authserv_id), ""),
};
#undef AT
static const struct config_group own_group = GROUP(own_keys, ((struct config *)0)->own);

#define AT(m) (offsetof(struct config, spool.m) - offsetof(struct config, spool))
static const struct config_key spool_keys[] = {
        KEY("dir", KIND_PATH, AT(dir), "/var/lib/mingpian", .min = 1),
};
#undef AT
static const struct config_group spool_group = GROUP(spool_keys, ((struct config *)0)->spool);

/* The keys of imap go to the mailbox, for two of them are no server's. */
#define AT(m) (offsetof(struct config_mailbox, m) - offsetof(struct config_mailbox, imap))
static const struct config_key imap_keys[] = {
        KEY("url", KIND_URL, AT(imap.url), NULL, .words = "imaps|imap"),
        KEY("user", KIND_TEXT, AT(imap.user), NULL, .min = 1),
        KEY("password_file", KIND_TEXT, AT(imap.password_file), NULL, .min = 1),
        KEY("ca_file", KIND_PATH, AT(imap.ca_file), ""),
        KEY("auth", KIND_CHOICE, AT(imap.oauth2), "password", .words = "password|oauth"),
        KEY("tls", KIND_CHOICE, AT(imap.tls_none), "required", .words = "required|none"),
        KEY("folders", KIND_LIST, AT(folders), "INBOX", .min = 1, .max = 32, .element = KIND_TEXT),
        KEY("poll_seconds", KIND_INT, AT(poll_seconds), "60", .min = 5, .max = 3600, .unit = "seconds"),
        KEY("look_seconds", KIND_INT, AT(look_seconds), "120", .min = 30, .max = 1740, .unit = "seconds"),
};
#undef AT
static const struct config_group imap_group = GROUP(imap_keys, struct config_mailbox);

#define AT(m) offsetof(struct config_server, m)
static const struct config_key smtp_keys[] = {
        KEY("url", KIND_URL, AT(url), NULL, .words = "smtps|smtp"),
        KEY("user", KIND_TEXT, AT(user), ""),
        KEY("password_file", KIND_TEXT, AT(password_file), ""),
        KEY("ca_file", KIND_PATH, AT(ca_file), ""),
        KEY("auth", KIND_CHOICE, AT(oauth2), "password", .words = "password|oauth"),
        KEY("tls", KIND_CHOICE, AT(tls_none), "required", .words = "required|none"),
};
#undef AT
static const struct config_group smtp_group = GROUP(smtp_keys, struct config_server);

#define AT(m) offsetof(struct config_mailbox, m)
static const struct config_key mailbox_keys[] = {
        KEY("address", KIND_ADDRESS, AT(address), NULL),
        KEY("contact", KIND_TEXT, AT(contact), ""),
        KEY("imap", KIND_GROUP, AT(imap), NULL, .group = &imap_group),
        KEY("smtp", KIND_GROUP, AT(smtp), NULL, .group = &smtp_group),
};
#undef AT
static const struct config_group mailbox_group = GROUP(mailbox_keys, struct config_mailbox);

#define AT(m) (offsetof(struct config, digest.m) - offsetof(struct config, digest))
static const struct config_key digest_keys[] = {
        KEY("at", KIND_HOUR, AT(at_minutes), "08:30"),
        KEY("from", KIND_ADDRESS, AT(from), ""), /* the first mailbox */
        KEY("to", KIND_LIST, AT(to), "", .max = 32, .element = KIND_ADDRESS),
        KEY("staff", KIND_LIST, AT(staff), "", .max = 32, .element = KIND_ADDRESS),
};
#undef AT
static const struct config_group digest_group = GROUP(digest_keys, ((struct config *)0)->digest);

#define AT(m) (offsetof(struct config, replies.m) - offsetof(struct config, replies))
static const struct config_key reply_keys[] = {
        KEY("since", KIND_SINCE, AT(since), "start"),
        KEY("per_thread_per_day", KIND_INT, AT(per_thread_per_day), "20", .min = 1, .max = 10000,
            .unit = "replies"),
        KEY("per_hour", KIND_INT, AT(per_hour), "200", .min = 1, .max = 100000, .unit = "replies"),
        KEY("per_address_per_hour", KIND_INT, AT(per_address_per_hour), "300", .min = 1, .max = 100000,
            .unit = "replies"),
        KEY("retry_days", KIND_INT, AT(retry_days), "3", .min = 1, .max = 30, .unit = "days"),
};
#undef AT
static const struct config_group reply_group = GROUP(reply_keys, ((struct config *)0)->replies);

#define AT(m) (offsetof(struct config, limits.m) - offsetof(struct config, limits))
static const struct config_key limit_keys[] = {
        KEY("message_mb", KIND_INT, AT(message_mb), "72", .min = 1, .max = 1024, .unit = "MiB"),
        KEY("parse_seconds", KIND_INT, AT(parse_seconds), "60", .min = 1, .max = 3600, .unit = "seconds"),
        KEY("parse_memory_mb", KIND_INT, AT(parse_memory_mb), "768", .min = 64, .max = 65536, .unit = "MiB"),
        KEY("workers", KIND_INT, AT(workers), "0", .min = 0, .max = 256, .unit = "processes"),
};
#undef AT
static const struct config_group limit_group = GROUP(limit_keys, ((struct config *)0)->limits);

#define AT(m) offsetof(struct config, m)
static const struct config_key root_keys[] = {
        KEY("campaigns", KIND_GROUPS, AT(campaigns), NULL, .min = 1, .max = 8, .group = &campaign_group,
            .count_offset = AT(campaign_count)),
        KEY("own", KIND_GROUP, AT(own), NULL, .group = &own_group),
        KEY("spool", KIND_GROUP, AT(spool), NULL, .group = &spool_group),
        KEY("mailboxes", KIND_GROUPS, AT(mailboxes), NULL, .min = 1, .max = 32, .group = &mailbox_group,
            .count_offset = AT(mailbox_count)),
        KEY("digest", KIND_GROUP, AT(digest), NULL, .group = &digest_group),
        KEY("replies", KIND_GROUP, AT(replies), NULL, .group = &reply_group),
        KEY("limits", KIND_GROUP, AT(limits), NULL, .group = &limit_group),
        KEY("shadow", KIND_BOOL, AT(shadow), "false"),
        KEY("sandbox", KIND_CHOICE, AT(sandbox_required), "required", .words = "off|required"),
        KEY("templates", KIND_PATH, AT(templates), "templates", .min = 1),
        KEY("metrics", KIND_PATH, AT(metrics), ""),
};
#undef AT
const struct config_group config_keys = GROUP(root_keys, struct config);

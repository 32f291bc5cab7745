/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of index.db.
 *
 * Rows follow from the log alone, but for the columns that are marked "reading" or "mail": those come from a
 * file, are NULL where it is gone, and are made NULL again by `redacted`. So the index made anew after a
 * redaction is the same as the one that saw it happen. Times are seconds since 1970. */
#include "spool/index_apply.h"

const char apply_schema[] =
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
        "CREATE TABLE facts(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
        "CREATE TABLE files(kind INTEGER, hash TEXT, named INTEGER NOT NULL, redacted INTEGER,"
        " PRIMARY KEY(kind, hash)) WITHOUT ROWID;"
        "CREATE TABLE cuts(kept TEXT PRIMARY KEY, file TEXT, bytes INTEGER, seq INTEGER) WITHOUT ROWID;"

        "CREATE TABLE messages(message TEXT PRIMARY KEY, id TEXT, reading TEXT, disposition TEXT,"
        " withheld TEXT, copy_of TEXT, concerns TEXT, thread TEXT, root TEXT, mailbox TEXT, folder TEXT, "
        "size INTEGER,"
        " received_at INTEGER, recorded_at INTEGER, seq INTEGER, forms INTEGER NOT NULL DEFAULT 0,"
        " progress INTEGER NOT NULL DEFAULT 0, late INTEGER NOT NULL DEFAULT 0,"
        " answered INTEGER NOT NULL DEFAULT 0, reviewed INTEGER NOT NULL DEFAULT 0,"
        /* reading: */
        " subject TEXT, from_addr TEXT, from_name TEXT, message_id TEXT, content_sha256 TEXT, date INTEGER"
        ") WITHOUT ROWID;"
        "CREATE INDEX messages_id ON messages(id);"
        "CREATE INDEX messages_reading ON messages(reading);"
        "CREATE INDEX messages_root ON messages(root);"
        "CREATE INDEX messages_message_id ON messages(message_id);"
        "CREATE INDEX messages_concerns ON messages(concerns);"
        "CREATE INDEX messages_content ON messages(content_sha256);"

        "CREATE TABLE arrivals(seq INTEGER PRIMARY KEY, message TEXT NOT NULL, mailbox TEXT NOT NULL,"
        " folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"
        " received_at INTEGER NOT NULL, way TEXT, answered INTEGER NOT NULL);"
        "CREATE INDEX arrivals_place ON arrivals(mailbox, folder, uidvalidity, uid);"
        "CREATE INDEX arrivals_message ON arrivals(message);"
        "CREATE TABLE left_there(mailbox TEXT, folder TEXT, uidvalidity INTEGER, uid INTEGER,"
        " message TEXT NOT NULL, received_at INTEGER NOT NULL, disposition TEXT NOT NULL, parser TEXT,"
        " unread INTEGER NOT NULL, again INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,"
        " PRIMARY KEY(mailbox, folder, uidvalidity, uid)) WITHOUT ROWID;"
        "CREATE TABLE held(mailbox TEXT, folder TEXT, uidvalidity INTEGER, uid INTEGER, message TEXT,"
        " received_at INTEGER NOT NULL, why TEXT, attempt INTEGER, at INTEGER NOT NULL,"
        " PRIMARY KEY(mailbox, folder, uidvalidity, uid, message)) WITHOUT ROWID;"

        "CREATE TABLE registrations(receipt TEXT PRIMARY KEY, prefix TEXT NOT NULL, number INTEGER NOT NULL,"
        " region_key TEXT, region_code TEXT, category TEXT, state TEXT NOT NULL, message TEXT, newest TEXT,"
        " mailbox TEXT, joined TEXT, revision INTEGER NOT NULL, errors INTEGER NOT NULL,"
        " late INTEGER NOT NULL, created_at INTEGER, changed_at INTEGER, logged_at INTEGER NOT NULL,"
        " seq INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE INDEX registrations_key ON registrations(region_key);"
        "CREATE INDEX registrations_number ON registrations(prefix, number);"
        "CREATE INDEX registrations_joined ON registrations(joined);"
        "CREATE TABLE revisions(receipt TEXT, revision INTEGER, message TEXT, n INTEGER, changed TEXT,"
        " decision TEXT, errors INTEGER NOT NULL, late INTEGER NOT NULL, received_at INTEGER,"
        " seq INTEGER NOT NULL, reading TEXT,"
        /* reading: the form's own object, or the values given without one; its defects */
        " form TEXT, defects TEXT,"
        " PRIMARY KEY(receipt, revision)) WITHOUT ROWID;"
        "CREATE INDEX revisions_reading ON revisions(reading);"
        "CREATE INDEX revisions_message ON revisions(message);"
        "CREATE TABLE forms(message TEXT, place INTEGER, n INTEGER, receipt TEXT, revision INTEGER, as_ TEXT,"
        " region_key TEXT, region_code TEXT, category TEXT, codes TEXT, errors INTEGER, seq INTEGER,"
        " PRIMARY KEY(message, place)) WITHOUT ROWID;"
        "CREATE INDEX forms_receipt ON forms(receipt);"

        "CREATE TABLE replies(reply TEXT PRIMARY KEY, message TEXT NOT NULL, to_message TEXT, kind TEXT NOT "
        "NULL,"
        " mailbox TEXT, state TEXT NOT NULL, why TEXT, attempts INTEGER NOT NULL DEFAULT 0, unknown INTEGER "
        "NOT NULL DEFAULT 0, code INTEGER,"
        " next INTEGER, bounce TEXT, status TEXT, root TEXT, idle INTEGER NOT NULL,"
        " dismissed INTEGER NOT NULL DEFAULT 0, queued_at INTEGER NOT NULL, due_at INTEGER,"
        " changed_at INTEGER NOT NULL, seq INTEGER NOT NULL,"
        /* mail: */
        " recipient TEXT COLLATE NOCASE, message_id TEXT) WITHOUT ROWID;"
        "CREATE INDEX replies_state ON replies(state, seq);"
        "CREATE INDEX replies_to ON replies(to_message);"
        "CREATE INDEX replies_message ON replies(message);"
        "CREATE INDEX replies_message_id ON replies(message_id);"
        "CREATE INDEX replies_due ON replies(due_at);"
        "CREATE TABLE decisions(seq INTEGER PRIMARY KEY, item TEXT NOT NULL, act TEXT NOT NULL, decision "
        "TEXT,"
        " receipt TEXT, revision INTEGER, at INTEGER NOT NULL);"
        "CREATE INDEX decisions_item ON decisions(item);"
        "CREATE TABLE alarms(seq INTEGER PRIMARY KEY, alarm TEXT NOT NULL, mailbox TEXT NOT NULL, why TEXT,"
        " tries INTEGER NOT NULL, raised_at INTEGER NOT NULL, last_at INTEGER NOT NULL,"
        " cleared_at INTEGER);"
        "CREATE TABLE comparisons(seq INTEGER PRIMARY KEY, mailbox TEXT NOT NULL, folder TEXT NOT NULL,"
        " uidvalidity INTEGER NOT NULL, on_server INTEGER NOT NULL, recorded INTEGER NOT NULL,"
        " left_there INTEGER NOT NULL, held INTEGER NOT NULL, fresh INTEGER NOT NULL,"
        " missing INTEGER NOT NULL, gone INTEGER NOT NULL, uids TEXT, at INTEGER NOT NULL);"
        "CREATE INDEX comparisons_place ON comparisons(mailbox, folder, uidvalidity);"
        "CREATE TABLE digests(seq INTEGER PRIMARY KEY, reply TEXT, message TEXT, date TEXT,"
        " at INTEGER NOT NULL);"
        /* the one-time codes that a digest gave out, by hash; item: what waits. used: when */
        "CREATE TABLE codes(hash TEXT PRIMARY KEY, item TEXT NOT NULL, digest TEXT NOT NULL,"
        " at INTEGER NOT NULL, used INTEGER) WITHOUT ROWID;"
        "CREATE TABLE orders(seq INTEGER PRIMARY KEY, message TEXT NOT NULL, submission TEXT, digest TEXT, "
        "refused TEXT,"
        " done INTEGER NOT NULL, undone INTEGER NOT NULL, at INTEGER NOT NULL);"
        "CREATE TABLE checkpoints(seq INTEGER PRIMARY KEY, head_seq INTEGER, head TEXT, at INTEGER NOT "
        "NULL);";

const struct index_table index_tables[] = {
        {"meta", "name"},
        {"facts", "name"},
        {"files", "kind, hash"},
        {"cuts", "kept"},
        {"messages", "message"},
        {"arrivals", "seq"},
        {"left_there", "mailbox, folder, uidvalidity, uid"},
        {"held", "mailbox, folder, uidvalidity, uid, message"},
        {"registrations", "receipt"},
        {"revisions", "receipt, revision"},
        {"forms", "message, place"},
        {"replies", "reply"},
        {"decisions", "seq"},
        {"alarms", "seq"},
        {"comparisons", "seq"},
        {"digests", "seq"},
        {"codes", "hash"},
        {"orders", "seq"},
        {"checkpoints", "seq"},
        {NULL, NULL},
};

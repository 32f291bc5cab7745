/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encrypted workbooks of Excel 97 to 2003: RC4 with 40 bits and MD5 ([MS-OFFCRYPTO] 2.3.6) and RC4 of the
 * CryptoAPI, 40 to 128 bits and SHA-1 (2.3.5). XOR obfuscation ([MS-XLS] 2.4.117) is not known here.
 *
 * A workbook whose structure is protected, and which nobody gave a password to open it, is encrypted all the
 * same, with a word that every program knows: it is tried first.
 *
 * RC4 is our own: OpenSSL 3 has it in a provider that is a file of its own, which the parser's sandbox would
 * not let it load. */
#ifndef MINGPIAN_PARSERS_BIFFCRYPT_H
#define MINGPIAN_PARSERS_BIFFCRYPT_H

#include "config/buf.h"

#include <stdbool.h>

/* Decrypt a workbook's stream where it stands, from the record at this place on, the one behind FilePass;
 * filepass: that record's body, which may stand in the stream. What is never encrypted stays as it is
 * ([MS-XLS] 2.2.10). False: the method is unknown, the record is cut, or neither the known word nor one of
 * passwords (UTF-8, NULL-terminated) is the right one; the stream is as it was. To be called once a stream:
 * it costs a walk over the whole. */
bool biffcrypt_open(struct bytes filepass, const char *const *passwords, struct buf *stream, size_t from);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text: UTF-8 as everywhere in the program, and one escaper for each place that strangers' text
 * goes to. Charsets other than UTF-8 end at the parser's border (parsers/charset.h). */
#ifndef MINGPIAN_CONFIG_TEXT_H
#define MINGPIAN_CONFIG_TEXT_H

#include "config/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- UTF-8 (RFC 3629: no surrogates, nothing overlong, at most U+10FFFF) ---- */

/* The character at *s, which moves behind it. U+FFFD for each byte that begins none; 0 at the NUL,
 * where *s stays. */
uint32_t text_next(const char **s);

bool text_is_utf8(struct bytes b);

/* Append c as UTF-8; what is no character becomes U+FFFD. */
void text_put(struct buf *b, uint32_t c);

/* Number of characters. */
size_t text_count(const char *s);

/* The last character of len bytes, or before a NUL among them; 0 where there is none. */
uint32_t text_last(const char *s, size_t len);

/* Nothing but white space? */
bool text_is_blank(const char *s);

/* ---- kinds of characters ---- */

/* White space of Unicode, the ideographic and the zero-width ones (U+200B, U+FEFF) included. */
bool text_is_space(uint32_t c);

/* A Han ideograph: the blocks of CJK Unified Ideographs with their extensions and compatibility
 * ideographs, and 〇. */
bool text_is_han(uint32_t c);

/* Stands in a full-width square: Han, CJK punctuation, kana, full-width forms. What Word counts as
 * one 字 each. Curly quotes, … and — count here too, as they do in Chinese text. */
bool text_is_full(uint32_t c);

/* Control characters, and those that turn or hide text: bidirectional marks and isolates, zero
 * width joiners, U+2028/2029, tags, interlinear annotation. Newline and tab are control too. */
bool text_is_unsafe(uint32_t c);

/* Columns on a terminal (0, 1 or 2) of one character, of a string. */
int text_width(uint32_t c);
size_t text_columns(const char *s);

/* ---- shaping; each appends to b ---- */

/* Full-width digits, letters and ASCII punctuation become ASCII, U+3000 a space (the part of NFKC
 * that Chinese forms need). All else stays. */
void text_halfwidth(struct buf *b, const char *s);

/* For comparing labels and names: halfwidth, ASCII letters lowered, all white space and unsafe
 * characters out. */
void text_fold(struct buf *b, const char *s);

/* Without white space at both ends; spaces inside lines stay, blank lines go, lines are trimmed. */
void text_trim(struct buf *b, const char *s);

/* ---- escapers: the only ways for strangers' text ---- */

/* For log messages and terminals: unsafe characters and broken bytes become spaces, runs of them one;
 * cut with … beyond max_columns (0: not cut). The result is one line. */
void text_plain(struct buf *b, const char *s, size_t max_columns);

/* For HTML text and double-quoted attributes: & < > " ' escaped, unsafe characters out, a tab as a
 * space, newline as <br>. */
void text_html(struct buf *b, const char *s);

/* For an unstructured header's value or a display name (RFC 2047, UTF-8, base64): plain ASCII stays
 * as it is, else encoded words of at most 75 octets with whole characters in each, folded by CRLF
 * SP. first_column is where the value begins in its line. CR, LF, NUL never pass: unsafe characters become a
 * space. A display name of plain ASCII still needs the caller's quotes (RFC 5322, phrase). ASCII that looks
 * like an encoded word, or is longer than a line may be (998), is encoded as well. */
void text_header(struct buf *b, const char *s, size_t first_column);

/* For XML text and attributes: & < > " escaped; what XML 1.0 cannot hold is left out. */
void text_xml(struct buf *b, const char *s);

#endif

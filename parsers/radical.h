/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Radicals that stand for characters. Unicode has them twice: as signs of a dictionary's order, ⼯ (U+2F2F),
 * and as the characters that they look like, 工 (U+5DE5). Fonts draw both alike, and PDFs of browsers and
 * of macOS name the sign where the character was meant; from there they are copied into Word files and
 * mails. Nobody sees a difference, no list of regions knows the sign. */
#ifndef MINGPIAN_PARSERS_RADICAL_H
#define MINGPIAN_PARSERS_RADICAL_H

/* Put the character in the place of each radical: text is UTF-8, and stays as long as it is. */
void radical_resolve(char *text);

#endif

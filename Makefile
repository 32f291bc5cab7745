# SPDX-License-Identifier: GPL-3.0-or-later
# mingpian: registration forms by email. `make help` lists what can be made.

PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
CC      ?= gcc
SANITIZE ?=

PACKAGES.config  = libconfig libcrypto
PACKAGES.spool   = sqlite3 jansson libcrypto
 lept

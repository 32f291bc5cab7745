# SPDX-License-Identifier: GPL-3.0-or-later
# mingpian: registration forms by email. `make help` lists what can be made.

PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
CC      ?= gcc
SANITIZE ?=
PLAIN   ?= build
SLOW    ?= 1

PACKAGES.config  = libconfig jansson libcrypto
PACKAGES.spool   = sqlite3 jansson libcrypto
PACKAGES.parsers = gmime-3.0 libzip zlib libxml-2.0 jansson libcrypto libseccomp libarchive libunarr lept libheif libde265 poppler-glib cairo fontconfig freetype2
PACKAGES.daemon  = libcurl jansson libcrypto sqlite3 libzip libseccomp xlsxwriter
ROOMS = config spool parsers daemon

CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
       -Wwrite-strings -Wvla -Wformat=2 -Wundef
HARDEN = -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection \
         -ftrivial-auto-var-init=zero -D_FORTIFY_SOURCE=3
HARDEN_LD = -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SANITIZE),1)
  BUILD := $(BUILD)-asan
  HARDEN = -fPIE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
  HARDEN_LD = -pie -fsanitize=address,undefined
  CAGED = tools/red_team
  SLOW = 4
else ifeq ($(SANITIZE),thread)
  BUILD := $(BUILD)-tsan
  HARDEN = -fPIE -fsanitize=thread
  HARDEN_LD = -pie -fsanitize=thread
  # The parser has one thread.
  CAGED = mingpian-parse tools/red_team
  SLOW = 4
  WITHOUT_UNITS = tests/unit/parsers_%.c
else ifeq ($(SANITIZE),valgrind)
  # Variables are left as they come, so that valgrind sees which were never set.
  BUILD := $(BUILD)-valgrind
  CFLAGS = -O1 -g
  HARDEN = -fPIE -fno-omit-frame-pointer
  HARDEN_LD = -pie
else ifeq ($(SANITIZE),overflow)
  # clang's: the process ends at a sum, a product, a shift or a conversion that does not hold its number, unsigned ones as well.
  CC = clang
  BUILD := $(BUILD)-overflow
  WARN = -Wall
  WRAPS = unsigned-integer-overflow,signed-integer-overflow,shift,implicit-conversion,float-cast-overflow,pointer-overflow,bounds
  HARDEN = -fPIE -D__SANITIZE_ADDRESS__ -fsanitize=$(WRAPS) -fsanitize-ignorelist=tests/lib/overflow.ignore -fno-sanitize-recover=all
  HARDEN_LD = -pie -fsanitize=undefined
else ifeq ($(SANITIZE),fuzz)
  # clang's: tests/fuzz/fuzz.h. Its warnings are others than gcc's, which has the word.
  WARN = -Wall
  CFLAGS = -O1 -g
  HARDEN = -fPIE -D__SANITIZE_ADDRESS__ -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
  HARDEN_LD = -pie -fsanitize=address,undefined
endif

VERSION := $(shell cat VERSION)
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -I$(BUILD)/gen $(WARN) $(HARDEN) $(CFLAGS) -pthread \
             -DVERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"'
ALL_LDFLAGS = $(HARDEN_LD) $(LDFLAGS) -pthread

# A program's main lies in its room and is not in the room's library.
MAINS = daemon/mingpiand.c daemon/mingpianctl.c parsers/mingpian-parse.c
PROGRAMS = $(patsubst %.c,$(BUILD)/%,$(notdir $(wildcard $(MAINS))))

# What the programs have in place of libc's own; in no library, so that no test gets it by accident.
INSTEAD = config/no_memory.c

sources = $(filter-out $(MAINS) $(INSTEAD),$(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

# One call of pkg-config for all rooms of a kind; parsers' libraries never reach the daemon.
libs_parse  := $(shell pkg-config --libs $(PACKAGES.config) $(PACKAGES.parsers) 2>/dev/null)
libs_daemon := $(shell pkg-config --libs $(PACKAGES.config) $(PACKAGES.spool) $(PACKAGES.daemon) 2>/dev/null || pkg-config --libs $(PACKAGES.config) $(PACKAGES.spool) $(filter-out xlsxwriter,$(PACKAGES.daemon)) 2>/dev/null && echo -lxlsxwriter)
cflags_all  := $(shell pkg-config --cflags $(PACKAGES.config) $(PACKAGES.spool) $(PACKAGES.parsers) $(filter-out xlsxwriter,$(PACKAGES.daemon)) 2>/dev/null | sed 's/-I\//-isystem \//g')

.PHONY: all help deps ocr units samples check check-unit check-cases demo lint format bench bench-parse bench-latency install clean
all: $(PROGRAMS)

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make               build the three programs into build/ (SANITIZE=1: with ASan and UBSan, build-asan/)
## make deps          install what is needed (apt; asks for sudo only if you are not root)
##                    and, where npm is, the better engine for pictures
deps:
	@tests/deps
	@if command -v npm >/dev/null; then tests/ocr $(BUILD); fi

## make ocr           get PP-OCRv4, which reads pictures better than tesseract (by npm; 46 MB stay)
ocr:
	@tests/ocr $(BUILD)

# Tables compiled in: parsers/data/README.md.
GENERATED.parsers = $(BUILD)/gen/region_data.c
REGION_TABLES = $(patsubst %,parsers/data/%.tsv,divisions aliases zones dialcodes dialcodes_old)
$(BUILD)/gen/region_data.c: parsers/region_data.awk $(REGION_TABLES)
	@mkdir -p $(@D)
	@echo "  AWK     $@"
	@LC_ALL=C awk -f parsers/region_data.awk $(REGION_TABLES) > $@.new && mv $@.new $@

ARCHIVES = $(foreach r,$(ROOMS),$(BUILD)/$(r).a)
define room
$(BUILD)/$(1).a: $$(call objects,$$(call sources,$(1))) $$(GENERATED.$(1):%.c=%.o)
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room,$(r))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(ALL_CFLAGS) $(cflags_all) -MMD -MP -c -o $@ $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	@echo "  CC      $<"
	@$(CC) $(ALL_CFLAGS) $(cflags_all) -MMD -MP -c -o $@ $<

ifeq ($(filter mingpian-parse,$(CAGED)),)
$(BUILD)/mingpian-parse: $(BUILD)/parsers/mingpian-parse.o $(INSTEAD:%.c=$(BUILD)/%.o) $(BUILD)/parsers.a $(BUILD)/config.a
	@echo "  LINK    $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(libs_parse) -lm
endif

# A sanitizer's run time cannot live in the cage: what must be in it is as it is shipped.
.PHONY: caged
caged:
	@$(MAKE) --no-print-directory SANITIZE= BUILD=$(PLAIN) $(addprefix $(PLAIN)/,$(CAGED))
$(addprefix $(BUILD)/,$(CAGED)): $(BUILD)/%: caged
	@mkdir -p $(@D)
	@cmp -s $(PLAIN)/$* $@ || cp $(PLAIN)/$* $@

$(BUILD)/mingpiand $(BUILD)/mingpianctl: $(BUILD)/%: $(BUILD)/daemon/%.o $(INSTEAD:%.c=$(BUILD)/%.o) $(BUILD)/daemon.a $(BUILD)/spool.a $(BUILD)/config.a
	@echo "  LINK    $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(libs_daemon) -lm

## make check         all tests; the last line is `N passed, N failed` (SANITIZE=1, SANITIZE=thread: docs/testing.md)
UNITS = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(filter-out $(WITHOUT_UNITS),$(wildcard tests/unit/*.c)))
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $< $(BUILD)/daemon.a $(BUILD)/spool.a $(BUILD)/parsers.a $(BUILD)/config.a \
	    $(libs_daemon) $(libs_parse) -lcmocka -lm

# Lets the n-th write, fsync, rename … fail (tests/fault/faults.c); without the sanitizers, which want to
# be loaded first.
$(BUILD)/fault/%.so: tests/fault/%.c tests/fault/strike.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) -std=c17 -D_GNU_SOURCE -I. $(WARN) $(CFLAGS) -fPIC -shared -o $@ $< -ldl
$(BUILD)/unit/spool_fault: | $(BUILD)/fault/faults.so

# The daemon gives its parser no environment: so one that is linked with the library.
$(BUILD)/struck/mingpian-parse: $(BUILD)/parsers/mingpian-parse.o $(INSTEAD:%.c=$(BUILD)/%.o) $(BUILD)/parsers.a $(BUILD)/config.a $(BUILD)/fault/strike.so
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $(BUILD)/parsers/mingpian-parse.o $(INSTEAD:%.c=$(BUILD)/%.o) $(BUILD)/parsers.a $(BUILD)/config.a \
	    -Wl,--no-as-needed,-rpath,'$$ORIGIN' -L$(BUILD)/fault -l:strike.so -Wl,--as-needed $(libs_parse) -lm
FAULTS = $(BUILD)/struck/mingpian-parse $(patsubst tests/fault/%.c,$(BUILD)/fault/%.so,$(wildcard tests/fault/*.c))

units: $(UNITS)

# Programs for developers, linked as the unit tests are.
$(BUILD)/tools/spool_sample: $(BUILD)/tests/lib/sample_parse.o
# the whole parser, with its inside replaced
$(BUILD)/tools/red_team: $(BUILD)/parsers/mingpian-parse.o $(INSTEAD:%.c=$(BUILD)/%.o)
$(BUILD)/tools/%: $(BUILD)/tests/tools/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/daemon.a $(BUILD)/spool.a $(BUILD)/parsers.a $(BUILD)/config.a \
	    $(libs_daemon) $(libs_parse) -lm

TOOLS = $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(wildcard tests/tools/*.c))

## make samples       a reply of each kind, a digest and a workbook, in build/samples/, to be looked at
samples: $(BUILD)/tools/reply_sample $(BUILD)/tools/spool_sample $(BUILD)/mingpianctl
	@mkdir -p $(BUILD)/samples
	@$< $(BUILD)/samples
	@BUILD=$(BUILD) tests/lib/digest_sample.sh $(BUILD)/samples

# Fuzz targets with their seeds and finds, without libFuzzer: for the test suite.
FUZZED = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
ifeq ($(SANITIZE),fuzz)
FUZZ_MAIN = -fsanitize=fuzzer
else
FUZZ_MAIN = $(BUILD)/tests/fuzz/replay.o
$(FUZZED): $(BUILD)/tests/fuzz/replay.o
endif
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $< $(FUZZ_MAIN) $(BUILD)/daemon.a $(BUILD)/spool.a $(BUILD)/parsers.a $(BUILD)/config.a \
	    $(libs_daemon) $(libs_parse) -lm
fuzzed: $(FUZZED)

## make fuzz          each fuzz target for SECONDS=60, or TARGETS="composer mail" alone (tests/deps --fuzz)
.PHONY: fuzz fuzzed
SECONDS ?= 60
TARGETS ?=
fuzz:
	@$(MAKE) --no-print-directory SANITIZE=fuzz CC="$(FUZZ_CC)" BUILD=build-fuzz \
	    $(or $(patsubst %,build-fuzz/fuzz/%,$(TARGETS)),fuzzed)
	@tests/fuzz/run build-fuzz $(SECONDS) $(TARGETS)
FUZZ_CC ?= clang

# All that the tests need, for .ci/run.
tested: all $(UNITS) $(TOOLS) $(FAULTS) $(FUZZED)
check: tested
	@BUILD=$(BUILD) SLOW=$(SLOW) tests/run
check-unit: $(UNITS)
	@BUILD=$(BUILD) SLOW=$(SLOW) tests/run unit
check-cases: all $(TOOLS) $(FAULTS) $(FUZZED)
	@BUILD=$(BUILD) SLOW=$(SLOW) tests/run cases

## make hostile       bombs, a sample of each format cut at every length and lying about its sizes, FILES=2000 damaged mails, and on for
##                    MINUTES=0 (SEED=2022; SANITIZE=1: under ASan and UBSan; SANITIZE=overflow: no number wraps)
MINUTES ?= 0
FILES   ?= 2000
SEED    ?= 2022
.PHONY: hostile
hostile: $(BUILD)/mingpian-parse $(BUILD)/tools/many_hostile
	@tests/hostile --minutes $(MINUTES) --files $(FILES) --seed $(SEED) --keep $(BUILD)/hostile $(BUILD)

## make valgrind      the quick units and a mail of each format under valgrind, in a build of its own (build-valgrind/; docs/testing.md)
.PHONY: valgrind valgrind-run
valgrind:
	@$(MAKE) --no-print-directory SANITIZE=valgrind valgrind-run
valgrind-run: $(BUILD)/mingpian-parse $(patsubst %,$(BUILD)/unit/%,$(shell tests/valgrind --units))
	@tests/valgrind $(BUILD)

## make tamper        a spool and a bundle, changed at random: each change is found (TRIES=2000, SEED=2022)
.PHONY: tamper
tamper: all $(BUILD)/tools/spool_sample
	@TRIES=$${TRIES:-2000} BUILD=$(BUILD) LIMIT=7200 tests/run 62-audit

## make torture       a fault at every call of a run, what a power cut leaves, no memory (docs/testing.md): hours
.PHONY: torture
torture: all $(FAULTS) $(BUILD)/tools/spool_recover
	@BUILD=$(BUILD) tests/torture
## make torture-many  10,000 mails, the daemon killed every few seconds (MAILS=)
## make torture-trouble  5,000 mails while servers, disk and clock go wrong and right again (MINUTES=30 MAILS=)
.PHONY: torture-many torture-trouble
torture-many: all
	@BUILD=$(BUILD) tests/torture-many $(or $(MAILS),10000)
torture-trouble: all $(FAULTS)
	@BUILD=$(BUILD) tests/torture-trouble $(if $(filter command environment,$(origin MINUTES)),$(MINUTES),30) $(or $(MAILS),5000)

## make demo          the main job on sample mail, from installing what it needs to showing what came out
demo:
	@tests/demo

## make lint          clang-format, clang-tidy (of what has changed since), shellcheck, Python's syntax, man pages
C_FILES = $(wildcard $(addsuffix /*.[ch],$(ROOMS)) tests/unit/*.[ch] tests/tools/*.[ch] tests/lib/*.[ch] tests/fault/*.c tests/fuzz/*.[ch])
TIDIED = $(patsubst %.c,$(BUILD)/lint/%.ok,$(filter %.c,$(C_FILES)))
# One file a run: clang-tidy 14 takes every va_list for uninitialised in all files but the first.
$(BUILD)/lint/%.ok: %.c $(BUILD)/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo "  TIDY    $<"
	@clang-tidy --quiet $< -- -std=c17 -D_GNU_SOURCE -I. -I$(BUILD)/gen -DVERSION='""' -DPREFIX='""' -pthread \
	    $(cflags_all) 2>$@.err || { cat $@.err; false; }
	@rm -f $@.err; touch $@
.PHONY: lint-c lint-rest
lint-c: $(TIDIED)
lint-rest:
	@clang-format --dry-run --Werror $(C_FILES)
	@tests/lint
lint:
	@$(MAKE) --no-print-directory -j$$(nproc) -k lint-rest lint-c
	@echo "lint: nothing to complain of"
## make analyse       cppcheck and gcc's -fanalyzer over the rooms (tests/deps --lint)
ANALYSED = $(patsubst %.c,$(BUILD)/analysed/%.ok,$(foreach r,$(ROOMS),$(wildcard $(r)/*.c)))
$(BUILD)/analysed/%.ok: %.c $(BUILD)/%.o
	@mkdir -p $(@D)
	@echo "  ANALYSE $<"
	@gcc -std=c17 -D_GNU_SOURCE -I. -I$(BUILD)/gen -DVERSION='""' -DPREFIX='""' -pthread $(cflags_all) -O1 -fanalyzer -Werror -c -o /dev/null $<
	@touch $@
.PHONY: analyse
analyse: $(ANALYSED)
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --library=tests/lib/cppcheck.cfg \
	    --suppress=missingIncludeSystem -I. -D_GNU_SOURCE --error-exitcode=1 $(ROOMS)
	@echo "analyse: nothing to complain of"
## make format        clang-format over all
format:
	@clang-format -i $(C_FILES)

## make bench-parse   what parsing costs, format by format
bench-parse: all $(TOOLS)
	@BUILD=$(BUILD) tests/bench parse
## make bench-latency from a mail's delivery to its reply, and how much of that is the server's
bench-latency: all
	@BUILD=$(BUILD) tests/bench latency
## make bench-ocr     how well pictures are read, and whether the parser knows how well (COUNT=56, HALF=held-out, SEED=2022;
##                    wants python3-pil, python3-numpy and Chinese fonts: tests/scans names them)
COUNT ?= 56
HALF  ?= held-out
FONTS ?= /usr/share/fonts
.PHONY: bench-ocr
bench-ocr: $(BUILD)/mingpian-parse
	@tests/scans --count $(COUNT) --half $(HALF) --seed $(SEED) --fonts $(FONTS) $(BUILD)/scans/$(HALF)-$(SEED)
	@echo "$$($< --engines):"; tests/bench-ocr $(BUILD)/scans/$(HALF)-$(SEED) -- $<
	@echo; echo "tesseract:"; tests/bench-ocr $(BUILD)/scans/$(HALF)-$(SEED) -- $< --ocr none
## make bench         the same, and the spool's and the daemon's throughput
bench: all $(TOOLS)
	@BUILD=$(BUILD) tests/bench

## make install       DESTDIR= PREFIX=
install: all
	@tests/install "$(DESTDIR)" "$(PREFIX)" "$(BUILD)"

## make clean         away with all that was built
clean:
	rm -rf build build-asan build-tsan build-valgrind build-overflow build-fuzz

# Objects between source and program stay.
.SECONDARY:

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)

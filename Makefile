# connect: builds the module and the install script, and runs the database suites.
#   make && sudo make install           for the server that pg_config belongs to
#   make installcheck                   pg_regress and isolation suites on a running server
#   make installcheck REGRESS=activate ISOLATION=   one test alone
#   make unit                           the suites that need no server
#   make fuzz                           the parsers under libFuzzer for half a minute (needs clang)
#   make prove_installcheck             TAP: dump and restore (needs libipc-run-perl)
#   make openapi                        makes http/openapi.json anew, of its parts
#   make routes                         makes http/nginx/routes.conf anew, asking psql's server
#   make dist                           the committed tree as a zip, for PGXN (needs git)
# DESTDIR works, and so does make -f .../Makefile in another folder.

EXTENSION = connect
# The version stands in connect.control and nowhere else.
srcdir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(srcdir)/connect.control)

MODULE_big = connect
OBJS = $(patsubst $(srcdir)/%.c,%.o,$(sort $(wildcard $(srcdir)/src/*.c $(srcdir)/src/*/*.c)))
PG_CPPFLAGS = -I$(srcdir)/src

EXTENSION_SQL = sql/connect--$(EXTVERSION).sql
UPDATE_SQL = sql/connect--0.1.0--1.0.0.sql
DATA = $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/sql/history/*.sql))
DATA_built = $(EXTENSION_SQL) $(UPDATE_SQL)
EXTRA_CLEAN = results tmp_check regression.diffs regression.out test/unit/unit test/fuzz/build

PG_CONFIG ?= pg_config

# A test's name is the name of its file. setup comes first, also before a test that is run alone;
# the order of the others does not matter. "override" keeps the command line's options beside ours.
# Results stand beside expected/, where pg_regress of every major looks for it.
REGRESS = $(patsubst $(srcdir)/test/sql/%.sql,%,$(sort $(wildcard $(srcdir)/test/sql/*.sql)))
override REGRESS := $(if $(strip $(REGRESS)),setup $(filter-out setup,$(REGRESS)))
override REGRESS_OPTS += --inputdir=$(srcdir)/test --outputdir=. --encoding=UTF8 --dbname=$(CONTRIB_TESTDB)
ISOLATION = $(patsubst $(srcdir)/test/specs/%.spec,%,$(sort $(wildcard $(srcdir)/test/specs/*.spec)))
override ISOLATION_OPTS += --inputdir=$(srcdir)/test --outputdir=. --encoding=UTF8 --dbname=$(ISOLATION_TESTDB)
# Databases named contrib_regression_connect and isolation_regression_connect.
USE_MODULE_DB = 1
# A folder other than the tree's has no expected/.
REGRESS_PREP = link_expected
PROVE_TESTS ?= test/t/*.pl

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# What the server looks up by name, and nothing else: until 16 PGXS leaves every symbol open, and one
# of ours could serve another extension's call to a library that has the same, or the other way round.
ifeq ($(PORTNAME),linux)
override SHLIB_LINK += -Wl,--version-script=$(srcdir)/src/exports.map
endif

# PGXS does not track headers, nor makes folders where it builds elsewhere.
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h)
$(OBJS) $(OBJS:.o=.bc): | folders
.PHONY: folders
folders:
	mkdir -p $(sort $(dir $(OBJS)))

.PHONY: link_expected
link_expected:
	test -e expected || ln -s $(srcdir)/expected expected

$(EXTENSION_SQL): $(sort $(wildcard $(srcdir)/sql/[0-9][0-9]_*.sql))
	mkdir -p sql
	cat $^ > $@

# What 1.0.0 adds to 0.1.0: a trigger function, the definition that names it, what upgrade_store() does more, and routes().
$(UPDATE_SQL): $(addprefix $(srcdir)/sql/,25_mark.sql 30_definition.sql 35_store.sql 65_http.sql)
	mkdir -p sql
	{ printf '%s\n' '\echo Use "ALTER EXTENSION connect UPDATE" to load this file. \quit'; \
	  sed 's/^CREATE FUNCTION connect.store_definition/CREATE OR REPLACE FUNCTION connect.store_definition/' $(filter-out %/35_store.sql %/65_http.sql,$^); \
	  sed -n '/^COMMENT ON FUNCTION connect.upgrade_store/,/;$$/p' $(filter %/35_store.sql,$^); \
	  sed -n '/^CREATE FUNCTION connect_api.routes/,$$p' $(filter %/65_http.sql,$^); } > $@

# The files that need no backend, linked without one; prints TAP.
UNIT_SOURCES = $(wildcard $(srcdir)/test/unit/*.c) $(addprefix $(srcdir)/src/,resource/rules.c connection/rules.c base/typeid.c)

test/unit/unit: $(UNIT_SOURCES) $(wildcard $(srcdir)/src/*/*.h $(srcdir)/test/unit/*.h)
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CPPFLAGS) $(UNIT_SOURCES) $(LDFLAGS) $$(pkg-config --cflags --libs check) -o $@

.PHONY: unit
unit: test/unit/unit
	./test/unit/unit

# Prints TAP, too.
.PHONY: fuzz
fuzz:
	PG_CONFIG=$(PG_CONFIG) $(srcdir)/test/fuzz/run

.PHONY: prove_installcheck
prove_installcheck:
	$(prove_installcheck)

# Checked in; test/http fails where they are not what they are made of.
.PHONY: openapi routes
openapi:
	$(srcdir)/script/openapi > $(srcdir)/http/openapi.json.new
	mv $(srcdir)/http/openapi.json.new $(srcdir)/http/openapi.json
routes:
	$(srcdir)/script/routes > $(srcdir)/http/nginx/routes.conf.new
	mv $(srcdir)/http/nginx/routes.conf.new $(srcdir)/http/nginx/routes.conf

.PHONY: dist
dist:
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTVERSION)/ --output=$(EXTENSION)-$(EXTVERSION).zip HEAD

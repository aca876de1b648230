# connect: builds the module and the install script, and runs the database suites.
#   make && sudo make install           for the server that pg_config belongs to
#   make install prefix=/opt/connect    to a folder of its own, share/ and lib/ in it: doc/dba.md
#   make installcheck                   pg_regress and isolation suites on a running server
#   make installcheck REGRESS=activate ISOLATION=   one test alone
#   make unit                           the suites that need no server
#   make fuzz                           the parsers under libFuzzer for half a minute (needs clang)
#   make pgtap                          the pgTAP suite on a running server (needs pgTAP, pg_prove)
#   make prove_installcheck             TAP: dump and restore (needs libipc-run-perl)
#   make virtual                        all of these three, without root and on a server of their own
#   make docs                           the pages' examples on a running server, and the tree's structure
#   make http, make dashboard           the stack's suites, as root, with what is installed (script/demo)
#   make openapi                        makes http/openapi.json and openapi-persona.json anew, of their parts
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

# The tables of the store, a file each, in the order in which sql/store/description.sql lists them.
STORE_TABLES := $(shell sed -n "s/.*SELECT '\([a-z_]*\)', [0-9]*, d\.\*$$/\1/p" $(srcdir)/sql/store/description.sql)

# The install script is these parts, in this order; folders and names follow those of src/. They stand
# in folders because pg_regress would run sql/NAME.sql as the test NAME.
SQL_PARTS = base/schema connection/status share_token/status \
	connection/rules resource/check connection/guard store/narrow event/guard organization/guard gate/mark \
	share_token/guard \
	store/expression $(STORE_TABLES:%=store/%) \
	store/description store/definition store/obstacles store/findings store/grants store/api \
	identity/acting identity/roles identity/keys organization/api scope/api connection/api connection/terms event/api event/history \
	gate/access gate/share http/idempotency http/transaction http/routes \
	share_token/rules share_token/kind share_token/findings share_token/grants share_token/api \
	connection/http event/http organization/http scope/http share_token/http base/close base/reload
EXTENSION_SQL = sql/connect--$(EXTVERSION).sql
# Install scripts of versions before, and the update scripts of all versions. Each is written by hand,
# and none changes after its release.
DATA = $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/sql/history/*.sql))
DATA_built = $(EXTENSION_SQL)
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

# A folder of its own looks the same whatever the server is: share/extension and lib. PGXS alone would
# honour prefix only since 18, and not where the server was configured with folders such as Debian's.
ifeq ($(origin prefix),command line)
override datadir := $(prefix)/share
override pkglibdir := $(prefix)/lib
endif

# What the server looks up by name, and nothing else: until 16 PGXS leaves every symbol open, and one
# of ours could serve another extension's call to a library that has the same, or the other way round.
ifeq ($(PORTNAME),linux)
override SHLIB_LINK += -Wl,--version-script=$(srcdir)/src/exports.map
endif

# PGXS does not track headers, nor makes folders where it builds elsewhere.
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h)
$(OBJS) $(OBJS:.o=.bc): | folders
src/connect.o src/connect.bc: override CPPFLAGS += -DCONNECT_VERSION='"$(EXTVERSION)"'
src/connect.o src/connect.bc: $(srcdir)/connect.control
.PHONY: folders
folders:
	mkdir -p $(sort $(dir $(OBJS)))

.PHONY: link_expected
link_expected:
	test -e expected || ln -s $(srcdir)/expected expected

$(EXTENSION_SQL): $(SQL_PARTS:%=$(srcdir)/sql/%.sql) $(srcdir)/connect.control
	mkdir -p sql
	cat $(SQL_PARTS:%=$(srcdir)/sql/%.sql) > $@

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

# Like pg_regress, this makes its database anew. It leaves no role behind.
PGTAP_TESTDB = pgtap_regression_$(EXTENSION)
.PHONY: pgtap
pgtap:
	dropdb --if-exists $(PGTAP_TESTDB)
	createdb -E UTF8 -T template0 $(PGTAP_TESTDB)
	PGDATABASE=$(PGTAP_TESTDB) PGOPTIONS="-c client_min_messages=warning" pg_prove --verbose --nocolor --ext .sql -r $(srcdir)/test/pgtap

# Debian's pg_virtualenv makes the server and removes it. There the module is found in the folder
# where debhelper puts a package together: since 18 by extension_control_path, before that by what
# Debian has added to PostgreSQL.
VIRTUAL = postgresql-$(MAJORVERSION)-$(EXTENSION)
.PHONY: virtual
virtual: all
	$(MAKE) -f $(firstword $(MAKEFILE_LIST)) install DESTDIR='$(CURDIR)/debian/$(VIRTUAL)'
	pg_virtualenv -t -v $(MAJORVERSION) -p $(VIRTUAL) -i --locale=C.UTF-8 \
		$(MAKE) -f $(firstword $(MAKEFILE_LIST)) installcheck pgtap

.PHONY: docs http dashboard
docs:
	prove --verbose --nocolor --exec python3 --ext .py $(srcdir)/test/docs
http dashboard:
	$(srcdir)/test/$@/run --installed

# Checked in; test/http fails where they are not what they are made of.
.PHONY: openapi routes
openapi:
	$(srcdir)/script/openapi > $(srcdir)/http/openapi.json.new
	mv $(srcdir)/http/openapi.json.new $(srcdir)/http/openapi.json
	$(srcdir)/script/openapi persona > $(srcdir)/http/openapi-persona.json.new
	mv $(srcdir)/http/openapi-persona.json.new $(srcdir)/http/openapi-persona.json
routes:
	$(srcdir)/script/routes > $(srcdir)/http/nginx/routes.conf.new
	mv $(srcdir)/http/nginx/routes.conf.new $(srcdir)/http/nginx/routes.conf

.PHONY: dist
dist:
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTVERSION)/ --output=$(EXTENSION)-$(EXTVERSION).zip HEAD

/*
 * connect.c
 *		Module load: the magic block, and what must be in place before the first
 *		call.
 *
 * The way of a call: sql/ -> api.c -> operations.c, which asks principal.c (who),
 * change.c and rules.c (may they) and store.c (do it), and returns what
 * document.c makes of it.  A plain INSERT or UPDATE meets guard.c, which asks
 * the same change.c.
 */
#include "postgres.h"

#include "base/snapshot_key.h"
#include "connect.h"
#include "fmgr.h"
#include "gate/pair_memo.h"
#include "gate/pair_tags.h"
#include "identity/principal.h"
#include "miscadmin.h"
#include "store/setup.h"
#include "store/store.h"

PG_MODULE_MAGIC;

bool		connect_preloaded = false;

void		_PG_init(void);

/* Runs once in each backend that uses the module, or in the postmaster if preloaded. */
void
_PG_init(void)
{
	connect_preloaded = process_shared_preload_libraries_in_progress;
	snapshot_key_init();
	pair_tags_init();
	principal_init();
	setup_init(connect_preloaded);
	store_tables_init();
	store_scan_init();
	store_connection_init();
	pair_memo_init();
}

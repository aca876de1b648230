/*
 * connect.c
 *		What happens at load: the magic block, and what must be in place
 *		before the first call.
 *
 * src/README shows the way of a call through the folders.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/preload.h"
#include "base/snapshot_key.h"
#include "connection/forget.h"
#include "connection/http.h"
#include "connection/open.h"
#include "connection/rows.h"
#include "event/http.h"
#include "fmgr.h"
#include "gate/pair_memo.h"
#include "gate/pair_tags.h"
#include "identity/acting.h"
#include "identity/principal.h"
#include "organization/http.h"
#include "scope/http.h"
#include "share_token/http.h"
#include "share_token/lapse.h"
#include "share_token/open.h"
#include "share_token/rows.h"
#include "store/label.h"
#include "store/scan.h"
#include "store/table.h"

PG_MODULE_MAGIC_EXT(.name = "connect", .version = CONNECT_VERSION);

void		_PG_init(void);

/*
 * Runs once in each backend that uses the module, or once in the postmaster if
 * the module is preloaded.
 */
void
_PG_init(void)
{
	preload_init();
	snapshot_key_init();
	store_table_init();
	store_key_init();
	store_label_init();
	store_set_main_table(&connection_table);
	acting_init();
	principal_init();
	pair_tags_init();
	pair_memo_init();
	connection_http_init();
	connection_forget_init();
	open_init();
	event_http_init();
	organization_http_init();
	scope_http_init();
	share_token_http_init();
	share_token_forget_init();
	lapse_init();
	open_token_init();
}

/*
 * preload.c
 *		Was the module loaded through shared_preload_libraries?
 */
#include "postgres.h"

#include "base/preload.h"
#include "miscadmin.h"

bool		connect_preloaded = false;

/*
 * Notes how the module is being loaded.  This is called once, at load, before
 * all other parts are initialised.
 */
void
preload_init(void)
{
	connect_preloaded = process_shared_preload_libraries_in_progress;
}

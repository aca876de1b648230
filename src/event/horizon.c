/*
 * horizon.c
 *		Up to where the history is complete: below which position no event can
 *		be added any more, and before which time.
 */
#include "postgres.h"

#include "access/twophase.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "base/compat.h"
#include "event/horizon.h"
#include "fmgr.h"
#include "store/statement.h"
#include "utils/backend_status.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/xid8.h"

static StoreQuery find_prepared = {
	"SELECT FROM pg_catalog.pg_prepared_xact() AS p LIMIT 1", 0, {0}, false
};

/*
 * Returns the position below which the active snapshot sees every event there
 * will ever be: that of the oldest transaction that still runs.
 */
uint64
horizon_position(void)
{
	Datum		snapshot = OidFunctionCall0(F_PG_CURRENT_SNAPSHOT);
	Datum		xmin = OidFunctionCall1(F_PG_SNAPSHOT_XMIN, snapshot);

	return U64FromFullTransactionId(DatumGetFullTransactionId(xmin));
}

/*
 * Returns a time such that a snapshot which is taken after this call, and which
 * does not see an event, makes that event one of a later time: the start of the
 * oldest transaction with an id, or now.  A transaction gets its id before it
 * reads the clock for an event.
 *
 * Returns DT_NOBEGIN where nothing tells: of a prepared transaction, of one in
 * a session without track_activities, on a standby, and under isolation levels
 * whose snapshot was taken before.
 */
TimestampTz
horizon_time(void)
{
	TimestampTz time = GetCurrentTimestamp();
	int			count;

	if (RecoveryInProgress() || IsolationUsesXactSnapshot())
		return DT_NOBEGIN;
	pgstat_clear_backend_activity_snapshot();
	count = pgstat_fetch_stat_numbackends();
	for (int i = 1; i <= count; i++)
	{
		LocalPgBackendStatus *backend = fetch_local_backend(i);
		TimestampTz start;

		if (backend == NULL || !TransactionIdIsValid(backend->backend_xid))
			continue;
		start = backend->backendStatus.st_xact_start_timestamp;
		if (start == 0)
			return DT_NOBEGIN;
		time = Min(time, start);
	}
	pgstat_clear_backend_activity_snapshot();
	if (max_prepared_xacts > 0 &&
		store_query(&find_prepared, NULL, NULL).count > 0)
		return DT_NOBEGIN;
	return time;
}

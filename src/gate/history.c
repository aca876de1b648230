/*
 * history.c
 *		What the gate would have said at another time, by the history.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/text.h"
#include "connection/rows.h"
#include "connection/terms.h"
#include "event/rows.h"
#include "gate/access.h"
#include "gate/history.h"
#include "gate/pair.h"
#include "miscadmin.h"
#include "scope/rows.h"

/*
 * Reads a subject's last event of a time, or false if there was none by then.
 * Usually that is the first from behind.
 */
static bool
find_event(text *subject_id, TimestampTz at, Event *event)
{
	StoreScan	scan;
	StoreRow	row;
	bool		found = false;

	store_scan_begin_last(&scan, &event_by_subject,
						  PointerGetDatum(subject_id));
	while (!(found && scan.ordered) && store_scan_previous(&scan))
	{
		Event		read;

		CHECK_FOR_INTERRUPTS();
		store_scan_row(&scan, &row);
		event_from_row(&read, &row);
		if (read.created_at > at ||
			(found && text_compare(read.id, event->id) < 0))
			continue;
		*event = read;
		found = true;
	}
	store_scan_end(&scan);
	return found;
}

/*
 * Returns since when the gate is shut for a scope.  It is shut at once when a
 * scope is retired, so a retirement that is dated ahead has begun by now.
 */
static TimestampTz
shut_for(const text *scope)
{
	TimestampTz retired = scope_retired_at(scope);

	return retired == DT_NOEND && scope_usable(scope) ? DT_NOEND :
		Min(retired, terms_reading_clock());
}

/*
 * Might destination see source's data at that time, as the history tells under
 * the active snapshot?  What the gate asks of the present is asked of the event
 * that was the last one then, its terms included, whenever a lapse was
 * recorded; and of the catalogue, since when the scope is retired.  A retired
 * organization's Connections have ended, so the history says that too.
 * Outsiders hear what they hear of the present: no.
 * Raises parameter_invalid for a time to come, store_missing, store_outdated.
 */
bool
history_allowed(text *source, text *destination, const text *scope,
				TimestampTz at)
{
	Connection	connection;
	Event		event;

	store_require_current(&event_table);
	if (at > GetCurrentTimestamp())
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "at"),
				 blame_argument("at"),
				 errdetail("\"at\" is a time to come."),
				 errhint("Of the present, connect.is_allowed() tells.")));
	if (!pair_has_id_length(source) || !pair_has_id_length(destination) ||
		!principal_may_know(source, destination) ||
		!connection_find_pair(source, destination, &connection) ||
		!find_event(connection.id, at, &event))
		return false;
	return text_is(event.to_status,
				   connection_status_label(CONNECTION_ACTIVE)) &&
		access_grants(event.scopes, scope) &&
		(event.expires_at == DT_NOBEGIN || at < event.expires_at) &&
		(scope == NULL || at < shut_for(scope));
}

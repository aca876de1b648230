/*
 * feed.c
 *		The events of an organization in the order of the outbox: what it needs
 *		to follow its history without missing anything.
 *
 * Only events below the horizon are shown, for below it nothing can be added,
 * and by position, for the events of each subject ascend in that.
 * list_events() is ordered by id, and shows what is newest at once.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "base/text.h"
#include "base/transaction.h"
#include "catalog/pg_type.h"
#include "event/feed.h"
#include "event/horizon.h"
#include "event/rows.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* What a cursor holds before the id, in network order. */
typedef struct CursorHead
{
	uint64		cluster;
	uint64		position;
} CursorHead;

/* The scan of one index; the second one leaves out what is in the first. */
#define FEED_SCAN(column, besides) \
	"(SELECT %1$s FROM connect.event AS c" \
	" WHERE c." column " OPERATOR(pg_catalog.=) $1" besides \
	" AND (c.position, c.id) OPERATOR(pg_catalog.>) ($2, $3)" \
	" AND c.position OPERATOR(pg_catalog.<) $4" \
	" ORDER BY c.position, c.id LIMIT $5)"

static StoreQuery read_feed = {
	NULL, 5, {TEXTOID, XID8OID, TEXTOID, XID8OID, INT8OID}, false
};

/* Returns the statement, whose text is made at its first use. */
static StoreQuery *
feed_query(void)
{
	if (read_feed.sql == NULL)
	{
		char	   *sql =
			psprintf("SELECT * FROM ("
					 FEED_SCAN("source_organization_id", "")
					 " UNION ALL "
					 FEED_SCAN("destination_organization_id",
							   " AND c.source_organization_id"
							   " OPERATOR(pg_catalog.<>) $1")
					 ") AS c ORDER BY c.position, c.id LIMIT $5",
					 store_select_list(&event_table, "c"));

		read_feed.sql = MemoryContextStrdup(TopMemoryContext, sql);
	}
	return &read_feed;
}

/* Returns the cursor that stands at an event, or before the first of all. */
static text *
make_cursor(uint64 position, const text *id)
{
	CursorHead	head = {pg_hton64(GetSystemIdentifier()), pg_hton64(position)};
	int			len = id == NULL ? 0 : VARSIZE_ANY_EXHDR(id);
	text	   *cursor = palloc(VARHDRSZ + 2 * (sizeof(head) + len));

	SET_VARSIZE(cursor, VARHDRSZ + 2 * (sizeof(head) + len));
	hex_encode((const char *) &head, sizeof(head), VARDATA(cursor));
	if (len > 0)
		hex_encode(VARDATA_ANY(id), len,
				   VARDATA(cursor) + 2 * sizeof(head));
	return cursor;
}

/* Reads the bytes that a cursor is of; returns how many, or -1 for none. */
static int
decode_cursor(const text *cursor, char *bytes)
{
	const char *digits = VARDATA_ANY(cursor);
	int			len = VARSIZE_ANY_EXHDR(cursor);

	if (len % 2 != 0 || len / 2 < sizeof(CursorHead))
		return -1;
	for (int i = 0; i < len; i++)
	{
		if (!((digits[i] >= '0' && digits[i] <= '9') ||
			  (digits[i] >= 'a' && digits[i] <= 'f')))
			return -1;
	}
	return hex_decode(digits, len, bytes);
}

/*
 * Raises parameter_invalid for the position of a transaction that has not been
 * here: the server was restored to a time before the cursor's, and what happens
 * now gets positions that such a reader has behind it.  A standby may only be
 * behind.
 */
static void
check_time(uint64 position, const char *name)
{
	if (!RecoveryInProgress() &&
		!transaction_is_given(FullTransactionIdFromU64(position)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" is a cursor of a later time than the one "
						   "to which this server was restored.", name),
				 errhint("Begin anew without a cursor, and leave out the ids "
						 "that are known.")));
}

/*
 * Takes a cursor apart.  Raises parameter_invalid, blaming an argument of this
 * name, for one that is none, of another cluster, where positions are others,
 * or of a later time.
 */
static void
read_cursor(const text *cursor, const char *name, uint64 *position, text **id)
{
	char	   *bytes = palloc(VARSIZE_ANY_EXHDR(cursor) + 1);
	CursorHead	head;
	int			len = decode_cursor(cursor, bytes);
	int			id_len = len - (int) sizeof(head);

	if (len < 0 ||
		(id_len > 0 && !pg_verify_mbstr(PG_UTF8, bytes + sizeof(head), id_len,
										true)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" cannot be \"%s\".", name,
						   text_excerpt(cursor)),
				 errhint("Follow the links of the feed.")));
	memcpy(&head, bytes, sizeof(head));
	if (pg_ntoh64(head.cluster) != GetSystemIdentifier())
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" is a cursor of another cluster, in which "
						   "events have other positions.", name),
				 errhint("Begin anew without a cursor, and leave out the ids "
						 "that are known.")));
	*position = pg_ntoh64(head.position);
	check_time(*position, name);
	*id = cstring_to_text_with_len(bytes + sizeof(head), id_len);
}

/* Raises parameter_invalid for a page that is too small or too large. */
static void
check_size(int page_size)
{
	if (page_size < 1 || page_size > PAGE_SIZE_MAX)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "page_size"),
				 blame_argument("page_size"),
				 errdetail("\"page_size\" is %d; it must be from 1 to %d.",
						   page_size, PAGE_SIZE_MAX)));
}

/*
 * Returns the next events of the organization that is reading, oldest first,
 * behind a cursor if it is not NULL; after_name is what the caller calls that.
 * Raises parameter_invalid, store_outdated.
 */
Feed
event_feed(const Principal *reader, text *after, const char *after_name,
		   int page_size)
{
	uint64		position = 0;
	text	   *id = cstring_to_text("");
	Feed		feed = {.page_size = page_size};
	StoreResult result;
	TimestampTz complete;

	check_size(page_size);
	store_require_current(&event_table);
	if (after != NULL)
		read_cursor(after, after_name, &position, &id);

	complete = horizon_time();
	PushActiveSnapshot(GetTransactionSnapshot());
	{
		Datum		values[] = {
			PointerGetDatum(reader->organization),
			STORE_DATUM_XID(position),
			PointerGetDatum(id),
			STORE_DATUM_XID(horizon_position()),
			/* one more tells whether that was all */
			Int64GetDatum(page_size + 1)
		};

		result = store_query(feed_query(), values, NULL);
	}
	PopActiveSnapshot();

	feed.rows = result.rows;
	feed.count = (int) Min(result.count, (uint64) page_size);
	feed.complete_before = result.count > feed.count ? DT_NOBEGIN : complete;
	feed.next = after != NULL ? after : make_cursor(0, NULL);
	if (feed.count > 0)
	{
		Event		last;

		event_from_row(&last, &feed.rows[feed.count - 1]);
		feed.next = make_cursor(last.position, last.id);
	}
	return feed;
}

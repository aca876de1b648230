/*
 * state.c
 *		What the catalogue says of one scope, remembered for the gate, which
 *		asks once a row.
 *
 * An answer holds for the number of the snapshot that saw it, and no longer:
 * see snapshot_key.c.  It needs no tags, for under a new snapshot one look into
 * a small index serves all rows.
 */
#include "postgres.h"

#include "base/snapshot_key.h"
#include "base/text.h"
#include "scope/rows.h"

/* The longest name that connect.scope takes. */
#define NAME_MAX_LENGTH 64

/* How many scopes the policies of one statement may ask for in turns. */
#define REMEMBERED 8

typedef struct RememberedScope
{
	uint64		key;			/* of the snapshot */
	int			len;
	char		name[NAME_MAX_LENGTH];
	ScopeState	state;
} RememberedScope;

static RememberedScope remembered[REMEMBERED];
static int	next_to_forget = 0;

/* Reads what the active snapshot sees of a scope. */
static ScopeState
look_up(const text *name)
{
	Datum		key = PointerGetDatum(name);
	StoreRow	row;

	if (!store_fetch(&scope_by_name, &key, &row))
		return SCOPE_UNKNOWN;
	return row.nulls[SCOPE_RETIRED_AT] ? SCOPE_OFFERED : SCOPE_RETIRED;
}

/* Is this what the entry is about, under the snapshot with this number? */
static inline bool
is_about(const RememberedScope *entry, uint64 key, const text *name, int len)
{
	return entry->key == key && entry->len == len &&
		memcmp(entry->name, VARDATA_ANY(name), len) == 0;
}

/*
 * Returns what the catalogue says of a scope, as the active snapshot sees it.
 * Raises store_missing.
 */
ScopeState
scope_state(const text *name)
{
	int			len = VARSIZE_ANY_EXHDR(name);
	uint64		key = snapshot_key_current();
	RememberedScope *entry;

	if (len > NAME_MAX_LENGTH)
		return SCOPE_UNKNOWN;
	for (int i = 0; i < REMEMBERED; i++)
	{
		if (is_about(&remembered[i], key, name, len))
			return remembered[i].state;
	}

	entry = &remembered[next_to_forget];
	entry->key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
	entry->state = look_up(name);
	/* looking may have brought news of the table, and so a new number */
	entry->key = snapshot_key_current();
	entry->len = len;
	memcpy(entry->name, VARDATA_ANY(name), len);
	next_to_forget = (next_to_forget + 1) % REMEMBERED;
	return entry->state;
}

/*
 * Returns since when a scope is retired, as the active snapshot sees the
 * catalogue, or DT_NOEND if it is not.  Of a retirement that was taken back
 * the catalogue knows nothing, nor of a scope that is gone.
 */
TimestampTz
scope_retired_at(const text *name)
{
	Datum		key = PointerGetDatum(name);
	StoreRow	row;

	if (!store_fetch(&scope_by_name, &key, &row) ||
		row.nulls[SCOPE_RETIRED_AT])
		return DT_NOEND;
	return DatumGetTimestampTz(row.values[SCOPE_RETIRED_AT]);
}

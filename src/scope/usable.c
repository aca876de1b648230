/*
 * usable.c
 *		May a scope be asked for now?  Remembered, for row security asks once
 *		per row.
 *
 * The answer is what a snapshot sees in the catalogue, so it is kept under the
 * snapshot's key: see snapshot_key.c for why that is never stale.
 */
#include "postgres.h"

#include "base/snapshot_key.h"
#include "scope/rows.h"

/* As many scopes as the policies of one statement may name. */
#define MAX_ANSWERS 4

typedef struct ScopeAnswer
{
	uint64		key;			/* of the snapshot */
	bool		usable;
	int			len;
	char		name[SCOPE_NAME_LENGTH];
} ScopeAnswer;

static ScopeAnswer answers[MAX_ANSWERS];

/* The one to be replaced next. */
static int	next_answer = 0;

/* Is the scope in the catalogue, as the active snapshot sees it? */
static bool
look_up_scope(const text *name)
{
	return store_has(&scope_by_name, PointerGetDatum(name));
}

/*
 * Does the catalogue, as the active snapshot sees it, have this scope?  This
 * is the one place that decides on whether a scope still counts.  Raises
 * store_missing.
 */
bool
scope_usable(const text *name)
{
	uint64		key = snapshot_key_current();
	int			len = VARSIZE_ANY_EXHDR(name);
	bool		usable;

	if (len > SCOPE_NAME_LENGTH)
		return false;
	for (int i = 0; i < MAX_ANSWERS; i++)
	{
		if (answers[i].key == key && key != SNAPSHOT_KEY_NONE &&
			answers[i].len == len &&
			memcmp(answers[i].name, VARDATA_ANY(name), len) == 0)
			return answers[i].usable;
	}

	usable = look_up_scope(name);
	answers[next_answer].key = key;
	answers[next_answer].usable = usable;
	answers[next_answer].len = len;
	memcpy(answers[next_answer].name, VARDATA_ANY(name), len);
	next_answer = (next_answer + 1) % MAX_ANSWERS;
	return usable;
}

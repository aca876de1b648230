/*
 * names.c
 *		What organizations are called, remembered for documents, which ask once
 *		a row.
 *
 * An answer holds for the number of the snapshot that saw it, and no longer:
 * see snapshot_key.c.
 */
#include "postgres.h"

#include "base/snapshot_key.h"
#include "identity/tables.h"
#include "organization/names.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

/* The longest id that connect.organization takes. */
#define ID_MAX_LENGTH 64

/* After so many names all are forgotten. */
#define REMEMBERED 512

typedef struct RememberedName
{
	char		id[ID_MAX_LENGTH];	/* filled up with zeros */
	uint64		key;			/* of the snapshot */
	text	   *name;			/* NULL if there is no such organization */
} RememberedName;

static HTAB *names = NULL;
static MemoryContext names_context = NULL;
static int	names_kept = 0;

/* Makes room for a name, if need be by forgetting all others. */
static void
make_room(void)
{
	HASHCTL		info = {.keysize = ID_MAX_LENGTH,
		.entrysize = sizeof(RememberedName)};

	if (names != NULL && names_kept < REMEMBERED)
		return;
	names = NULL;
	names_kept = 0;
	if (names_context == NULL)
		names_context = AllocSetContextCreate(TopMemoryContext,
											  "connect names",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(names_context);
	info.hcxt = names_context;
	names = hash_create("connect names", REMEMBERED, &info,
						HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Copies a name, which may be NULL, into a memory context. */
static text *
copy_name(const text *name, MemoryContext context)
{
	text	   *copy;

	if (name == NULL)
		return NULL;
	copy = MemoryContextAlloc(context, VARSIZE_ANY(name));
	memcpy(copy, name, VARSIZE_ANY(name));
	return copy;
}

/* Reads the name that the active snapshot sees; NULL if there is none. */
static text *
read_name(StoreScan *look_up, text *id)
{
	bool		null;

	if (!store_look_up(look_up, &organization_by_id, PointerGetDatum(id)))
		return NULL;
	return DatumGetTextPP(store_scan_column(look_up, ORGANIZATION_NAME,
											&null));
}

/*
 * Returns the name of an organization as the active snapshot sees it, copied
 * into the current memory context, or NULL if there is none.
 */
static text *
organization_name(StoreScan *look_up, text *id)
{
	int			len = VARSIZE_ANY_EXHDR(id);
	uint64		key = snapshot_key_current();
	char		padded[ID_MAX_LENGTH] = {0};
	RememberedName *entry;
	text	   *name;
	bool		found;

	if (len > ID_MAX_LENGTH)
		return copy_name(read_name(look_up, id), CurrentMemoryContext);
	memcpy(padded, VARDATA_ANY(id), len);
	entry = names == NULL ? NULL : hash_search(names, padded, HASH_FIND, NULL);
	if (entry != NULL && entry->key == key)
		return copy_name(entry->name, CurrentMemoryContext);

	name = read_name(look_up, id);
	make_room();
	entry = hash_search(names, padded, HASH_ENTER, &found);
	entry->key = SNAPSHOT_KEY_NONE; /* in case of an error below */
	if (!found)
		names_kept++;
	else if (entry->name != NULL)
		pfree(entry->name);
	entry->name = NULL;
	entry->name = copy_name(name, names_context);
	/* looking may have brought news of the table, and so a new number */
	entry->key = snapshot_key_current();
	return copy_name(name, CurrentMemoryContext);
}

/*
 * Writes what the other party is called, as meta's partner-name.  Whoever
 * consents to something does so to somebody, and an id alone is nobody.
 */
void
organization_write_partner(JsonWriter *out, StoreScan *look_up, text *partner)
{
	text	   *name = organization_name(look_up, partner);

	json_key(out, "partner-name");
	if (name == NULL)
		json_null(out);
	else
		json_text_value(out, name);
}

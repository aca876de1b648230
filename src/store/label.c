/*
 * label.c
 *		Translates the values of an enum type into the numbers that C has
 *		for their labels.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "store/label.h"
#include "utils/inval.h"
#include "utils/syscache.h"

static StoreLabels *used_labels = NULL;

/*
 * Forgets all values, because a label has changed or a type is another one now.
 */
static void
forget_values(Datum arg, int cacheid, uint32 hash)
{
	for (StoreLabels *labels = used_labels;
		 labels != NULL; labels = labels->next)
		memset(labels->values, 0, sizeof(labels->values));
}

/* Asks to be told of changed enum types; called once, at load. */
void
store_label_init(void)
{
	CacheRegisterSyscacheCallback(ENUMOID, forget_values, (Datum) 0);
}

/* Reads the number of a value from the catalog and remembers it. */
static int
learn_number(StoreLabels *labels, Oid value)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	const char *label;
	int			number = 0;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for enum value %u", value);
	label = NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel);
	for (int i = 1; i < labels->count; i++)
	{
		if (strcmp(labels->labels[i], label) == 0)
			number = i;
	}
	ReleaseSysCache(tuple);

	if (!labels->used)
	{
		labels->used = true;
		labels->next = used_labels;
		used_labels = labels;
	}
	/* A label that a DBA has added has no number and is looked up each time. */
	if (number > 0)
		labels->values[number] = value;
	return number;
}

/* Returns the number of a value's label, or 0 if C does not know the label. */
int
store_label_number(StoreLabels *labels, Datum value)
{
	for (int i = 1; i < labels->count; i++)
	{
		if (labels->values[i] == DatumGetObjectId(value))
			return i;
	}
	return learn_number(labels, DatumGetObjectId(value));
}

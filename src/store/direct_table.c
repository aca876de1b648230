/*
 * direct_table.c
 *		Which tables may be written to without a plan.
 *
 * That is all that an INSERT or UPDATE of one row does, unless the table has
 * rules, triggers for statements or for some columns only, columns that are
 * generated or of a domain, or some of another type than C has.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "store/direct_table.h"
#include "store/parameter.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"

/*
 * Does a statement do something for the whole of it, or only if it names a
 * column?  change is TRIGGER_TYPE_INSERT or _UPDATE.
 */
static bool
needs_statement(Relation rel, int change)
{
	const TriggerDesc *triggers = rel->trigdesc;

	if (rel->rd_rules != NULL || rel->rd_rel->relispartition)
		return true;
	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if ((trigger->tgtype & change) != 0 &&
			(!TRIGGER_FOR_ROW(trigger->tgtype) ||
			 trigger->tgnewtable != NULL || trigger->tgoldtable != NULL ||
			 (change == TRIGGER_TYPE_UPDATE && trigger->tgnattr > 0)))
			return true;
	}
	return false;
}

/* Does a column hold what C has for it? */
static bool
holds(Form_pg_attribute attribute, StoreKind kind)
{
	return attribute->atttypmod == -1 &&
		(kind == STORE_STATE ? type_is_enum(attribute->atttypid) :
		 attribute->atttypid == store_parameter_type(kind));
}

/*
 * Does a statement compute a column, or check it against its domain, which may
 * refuse a null too?
 */
static bool
is_computed(Form_pg_attribute attribute)
{
	return attribute->attgenerated != '\0' ||
		(!attribute->attisdropped &&
		 attribute->atttypid >= FirstUnpinnedObjectId &&
		 get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN);
}

/*
 * May the store's owner, as whom a statement runs, make this change?  Somebody
 * may have taken that right away for a while.
 */
static bool
is_granted(Relation rel, int change)
{
	return pg_class_aclcheck(RelationGetRelid(rel), store_owner(),
							 change == TRIGGER_TYPE_INSERT ?
							 ACL_INSERT : ACL_UPDATE) == ACLCHECK_OK;
}

/*
 * May rows of this open table, which is current, be inserted or changed without
 * a plan?  The columns that are given must hold the types that C has, for
 * nothing casts them; nor does anything compute one.  Where the right to do so
 * is missing, a statement says so.
 */
bool
store_direct_serves(StoreTable *table, Relation rel, uint64 columns, int change)
{
	TupleDesc	desc = RelationGetDescr(rel);

	if (needs_statement(rel, change) || !is_granted(rel, change))
		return false;
	for (int i = 0; i < desc->natts; i++)
	{
		if (is_computed(TupleDescAttr(desc, i)))
			return false;
	}
	for (int i = 0; i < table->ncolumns; i++)
	{
		AttrNumber	attnum = table->attnums[i];

		if (store_is_given(columns, i) &&
			!holds(TupleDescAttr(desc, attnum - 1), table->columns[i].kind))
			return false;
	}
	return true;
}

/* Is a trigger the table's guard, by its name? */
static bool
is_guard(Relation rel, const Trigger *trigger)
{
	static const char prefix[] = "zz_guard_";
	const int	len = sizeof(prefix) - 1;

	return strncmp(trigger->tgname, prefix, len) == 0 &&
		strcmp(trigger->tgname + len, RelationGetRelationName(rel)) == 0;
}

/*
 * May a trigger of somebody else's alter a row on its way into this open table?
 * The store's own is the guard that is named after the table.
 */
bool
store_direct_alters(Relation rel, int change)
{
	const TriggerDesc *triggers = rel->trigdesc;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (TRIGGER_TYPE_MATCHES(trigger->tgtype, TRIGGER_TYPE_ROW,
								 TRIGGER_TYPE_BEFORE, change) &&
			!is_guard(rel, trigger))
			return true;
	}
	return false;
}

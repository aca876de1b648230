/*
 * redeem_function.c
 *		The application's function that makes the destination's copy: finding
 *		it, checking that it may be run, and running it as the owner of the
 *		kind's table.
 *
 * What it is was checked when the kind was declared, and is checked again at
 * each use, under a lock that keeps it from being dropped, renamed or given
 * away meanwhile: whoever has put another function in its place, or has become
 * its owner, must not run code as the owner of the table.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/text.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "share_token/redeem_function.h"
#include "storage/lmgr.h"
#include "storage/sinval.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/regproc.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

/* In force for a function that sets none of its own. */
#define SAFE_PATH "pg_catalog, pg_temp"

#define NARGS 5

static const Oid argument_types[NARGS] = {
	TEXTOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID
};

#define SIGNATURE_HINT \
	"The function takes (source_id text, source_organization_id text, " \
	"destination_organization_id text, destination_id text, options jsonb), " \
	"returns text, is VOLATILE and not STRICT, and belongs to the owner of " \
	"the table."

/* Returns the name that connect.share_kind keeps of a function. */
text *
redeem_function_name(Oid function)
{
	return cstring_to_text(format_procedure_qualified(function));
}

/* Finds the function of this name, or returns InvalidOid. */
static Oid
find_function(const text *name)
{
	LOCAL_FCINFO(call, 1);
	FmgrInfo	flinfo;
	Datum		result;

	fmgr_info(F_TO_REGPROCEDURE, &flinfo);
	InitFunctionCallInfoData(*call, &flinfo, 1, InvalidOid, NULL, NULL);
	call->args[0].value = PointerGetDatum(name);
	call->args[0].isnull = false;
	result = FunctionCallInvoke(call);
	return call->isnull ? InvalidOid : DatumGetObjectId(result);
}

/*
 * Finds the function of a kind and locks it, so that it stays what it is to the
 * end of the transaction.  It is looked for again, as for relations in
 * RangeVarGetRelidExtended(), only if taking the lock has brought news of any
 * object.  Raises kind_broken if it is not there.
 */
static Oid
lock_function(const ShareKind *kind)
{
	uint64		news = SharedInvalidMessageCounter;
	Oid			function = find_function(kind->redeem_function);

	while (OidIsValid(function))
	{
		Oid			again;

		LockDatabaseObject(ProcedureRelationId, function, 0, AccessShareLock);
		if (news == SharedInvalidMessageCounter)
			return function;
		news = SharedInvalidMessageCounter;
		again = find_function(kind->redeem_function);
		if (again == function)
			return function;
		UnlockDatabaseObject(ProcedureRelationId, function, 0, AccessShareLock);
		function = again;
	}
	share_kind_refuse(kind,
					  psprintf("its function %s does not exist",
							   text_to_cstring(kind->redeem_function)),
					  "Create it again, or run connect.unshare_rows() and "
					  "connect.share_rows().");
}

/* Returns the search_path that a function sets for itself, or NULL. */
static char *
own_path(HeapTuple tuple)
{
	bool		null;
	Datum		config = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig,
										 &null);
	Datum	   *settings;
	int			count;

	if (null)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(config), TEXTOID, -1, false,
					  TYPALIGN_INT, &settings, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		char	   *setting = TextDatumGetCString(settings[i]);

		if (strncmp(setting, "search_path=", 12) == 0)
			return setting + 12;
	}
	return NULL;
}

/*
 * Raises kind_broken for a search_path by which tables of the session's own
 * would come before those of the application.  PostgreSQL looks at them first
 * where the path does not name pg_temp, so there must be none then.
 */
static void
check_path(const ShareKind *kind, char *path)
{
	List	   *names;
	ListCell   *cell;
	Oid			temporary;
	Oid			toast;

	if (!SplitIdentifierString(pstrdup(path), ',', &names))
		share_kind_refuse(kind, "the search_path of its function cannot be "
						  "read", "Set another one.");
	foreach(cell, names)
	{
		if (strcmp((char *) lfirst(cell), "pg_temp") != 0)
			continue;
		if (cell != list_head(names))
			return;
		share_kind_refuse(kind, "the search_path of its function names "
						  "pg_temp first", "Name pg_temp last.");
	}
	GetTempNamespaceState(&temporary, &toast);
	if (OidIsValid(temporary))
		share_kind_refuse(kind, "the search_path of its function does not "
						  "name pg_temp, and this session has temporary tables",
						  "Name pg_temp last in the function's search_path.");
}

/* Is a function what the kind's function must be, but for its owner? */
static bool
has_signature(Form_pg_proc form)
{
	return form->prokind == PROKIND_FUNCTION && !form->proretset &&
		form->prorettype == TEXTOID && form->pronargs == NARGS &&
		!form->proisstrict && form->provolatile == PROVOLATILE_VOLATILE &&
		memcmp(form->proargtypes.values, argument_types,
			   sizeof(argument_types)) == 0;
}

/* Returns who owns the table of a kind. */
static Oid
relation_owner(const ShareKind *kind)
{
	HeapTuple	tuple = SearchSysCache1(RELOID,
										ObjectIdGetDatum(kind->relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		share_kind_refuse(kind, "its table is not there any more",
						  "Run connect.unshare_rows() and "
						  "connect.share_rows().");
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* Returns as whom the function of a kind acts: the owner of the table. */
text *
redeem_function_actor(const ShareKind *kind)
{
	return cstring_to_text(GetUserNameFromId(relation_owner(kind), false));
}

/* Raises kind_broken unless a function may be run for a kind as this role. */
static void
check_function(const ShareKind *kind, Oid function, Oid owner)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;
	char	   *path;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	path = own_path(tuple);
	if (form->proowner != owner)
		share_kind_refuse(kind, "its function is not the table owner's",
						  SIGNATURE_HINT);
	if (isAnyTempNamespace(form->pronamespace))
		share_kind_refuse(kind, "its function is a temporary one",
						  SIGNATURE_HINT);
	if (!has_signature(form))
		share_kind_refuse(kind, "its function is not of the form that it must "
						  "have", SIGNATURE_HINT);
	ReleaseSysCache(tuple);
	if (path != NULL)
		check_path(kind, path);
}

/* What is to be restored when we are ourselves again. */
typedef struct OwnerState
{
	int			nest_level;
	Oid			userid;
	int			context;
} OwnerState;

/*
 * Becomes the owner of the table of a kind, with a search_path that is safe.
 * After an error PostgreSQL restores role and settings itself, at the end of
 * the subtransaction or transaction.
 */
static void
become_owner(Oid owner, OwnerState *state)
{
	state->nest_level = NewGUCNestLevel();
	(void) set_config_option("search_path", SAFE_PATH, PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	GetUserIdAndSecContext(&state->userid, &state->context);
	SetUserIdAndSecContext(owner, state->context |
						   SECURITY_LOCAL_USERID_CHANGE);
}

/* Restores role and settings, also those that a function has left. */
static void
become_oneself(const OwnerState *state)
{
	SetUserIdAndSecContext(state->userid, state->context);
	AtEOXact_GUC(false, state->nest_level);
}

/*
 * Raises kind_broken unless the function of a kind may be run as the owner of
 * its table.
 */
void
redeem_function_check(const ShareKind *kind)
{
	Oid			owner = relation_owner(kind);
	OwnerState	state;

	become_owner(owner, &state);
	check_function(kind, lock_function(kind), owner);
	become_oneself(&state);
}

/* Sets an argument; NULL is null. */
static void
set_argument(FunctionCallInfo call, int n, const void *value)
{
	call->args[n].value = PointerGetDatum(value);
	call->args[n].isnull = value == NULL;
}

/* Calls the function.  Returns NULL if it does. */
static text *
invoke(Oid function, const ShareToken *token, const Jsonb *options)
{
	LOCAL_FCINFO(call, NARGS);
	FmgrInfo	flinfo;
	PgStat_FunctionCallUsage usage;
	Datum		result;

	fmgr_info(function, &flinfo);
	InitFunctionCallInfoData(*call, &flinfo, NARGS, DEFAULT_COLLATION_OID, NULL,
							 NULL);
	set_argument(call, 0, token->source_id);
	set_argument(call, 1, token->source);
	set_argument(call, 2, token->destination);
	set_argument(call, 3, token->destination_id);
	set_argument(call, 4, options);
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_init_function_usage(call, &usage);
	result = FunctionCallInvoke(call);
	pgstat_end_function_usage(&usage, true);
	PopActiveSnapshot();
	return call->isnull ? NULL : DatumGetTextPP(result);
}

/*
 * Runs the function of a kind for a token, as the owner of the kind's table,
 * and returns the id of what it has made.  Raises kind_broken, and what the
 * function raises.
 */
text *
redeem_function_call(const ShareKind *kind, const ShareToken *token,
					 Jsonb *options)
{
	Oid			owner = relation_owner(kind);
	OwnerState	state;
	Oid			function;
	text	   *made;

	become_owner(owner, &state);
	function = lock_function(kind);
	check_function(kind, function, owner);
	made = invoke(function, token, options);
	become_oneself(&state);

	if (text_is_empty(made))
		share_kind_refuse(kind, "its function has returned no id",
						  "The function must return the id of what it has "
						  "made, or raise an error.");
	if (token->destination_id != NULL &&
		!text_equal(made, token->destination_id))
		share_kind_refuse(kind, "its function has returned another id than the "
						  "destination's", "The function must fill the object "
						  "that destination_id names, and return that id.");
	return made;
}

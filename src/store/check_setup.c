/*
 * check_setup.c
 *		Looking for mistakes in the setup, without raising an error.
 */
#include "postgres.h"

#include "access/xact.h"
#include "store/setup.h"
#include "utils/builtins.h"
#include "utils/resowner.h"

/* Adds a finding. */
static void
add_finding(StoreResult *findings, const char *code, const char *severity,
			const char *finding, const char *remedy)
{
	StoreRow   *row;

	findings->rows = findings->rows == NULL ? palloc(sizeof(StoreRow)) :
		repalloc(findings->rows, (findings->count + 1) * sizeof(StoreRow));
	row = &findings->rows[findings->count++];
	memset(row, 0, sizeof(StoreRow));
	row->values[0] = CStringGetTextDatum(code);
	row->values[1] = CStringGetTextDatum(severity);
	row->values[2] = CStringGetTextDatum(finding);
	row->values[3] = CStringGetTextDatum(remedy);
}

/*
 * Runs a query of check_setup() as a role, in a subtransaction.  An error, also
 * in finding out who that role is, becomes a finding; all but one that ends the
 * statement on demand.
 */
static void
try_select(const char *query, Oid (*role) (void), StoreResult *result,
		   StoreResult *findings)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		*result = setup_select(query, role());
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		result->count = 0;
		add_finding(findings, "check_failed", "error",
					psprintf("A part of the setup could not be looked at: %s.",
							 error->message),
					"Mend what the other rows show, and look again.");
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
}

/* Runs everything that setup_checks() names and adds what it finds. */
static void
run_checks(StoreResult *findings)
{
	StoreResult checks;

	try_select("SELECT function, as_owner FROM connect.setup_checks()",
			   store_functions_owner, &checks, findings);
	for (uint64 i = 0; i < checks.count; i++)
	{
		bool		as_owner = DatumGetBool(checks.rows[i].values[1]);
		StoreResult found;

		try_select(psprintf("SELECT code, severity, finding, remedy FROM %s",
							setup_string(checks, i, 0)),
				   as_owner ? setup_owner : store_functions_owner, &found,
				   findings);
		for (uint64 j = 0; j < found.count; j++)
			add_finding(findings, setup_string(found, j, 0),
						setup_string(found, j, 1), setup_string(found, j, 2),
						setup_string(found, j, 3));
	}
}

/*
 * Looks for mistakes in the setup; returns rows of code, severity, finding and
 * remedy.  Raises nothing.
 */
StoreResult
store_check_setup(bool preloaded)
{
	StoreResult findings = {.count = 0};

	if (!store_exists())
	{
		add_finding(&findings, "store_missing", "error", "The store does not "
					"exist.", "SELECT connect.create_store();");
		return findings;
	}
	if (store_sql_is_older())
		add_finding(&findings, "extension_outdated", "warning",
					"The library is newer than the functions of schema "
					"connect.", "ALTER EXTENSION connect UPDATE; SELECT"
					" connect.upgrade_store();");
	else
		run_checks(&findings);
	if (!preloaded)
		add_finding(&findings, "not_preloaded", "warning", "The module is"
					" loaded at the first call of each session only,"
					" and the gate keeps nothing beyond a statement.",
					"ALTER SYSTEM SET shared_preload_libraries = 'connect';"
					" and restart.");
	return findings;
}

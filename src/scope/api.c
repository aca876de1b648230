/*
 * api.c
 *		The catalogue of scopes, from SQL.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 */
#include "postgres.h"

#include "fmgr.h"
#include "resource/document.h"
#include "scope/document.h"
#include "scope/rows.h"

PG_FUNCTION_INFO_V1(connect_list_scopes);

Datum
connect_list_scopes(PG_FUNCTION_ARGS)
{
	Principal	who;
	StoreRow   *rows;
	int			count;

	principal_require(&who, PERMISSION_READ);
	rows = scope_read_all(&count);
	RETURN_DOCUMENT(document_all(&document_jsonb, &scope_resource, &who, rows,
								 count));
}

/*
 * http.c
 *		The HTTP operations, one SQL function of schema connect_api each.
 *
 * A handler never lets an error out: PostgREST would answer it in a shape of its
 * own, and repeat a serialization failure without end.  What is done runs in a
 * subtransaction; its error becomes a document and a status.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/text.h"
#include "connection/document.h"
#include "connection/operations.h"
#include "event/document.h"
#include "organization/document.h"
#include "organization/operations.h"
#include "scope/document.h"
#include "scope/rows.h"
#include "fmgr.h"
#include "http/body.h"
#include "http/idempotency.h"
#include "http/request.h"
#include "http/response.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_api_list_connections);
PG_FUNCTION_INFO_V1(connect_api_create_connection);
PG_FUNCTION_INFO_V1(connect_api_get_connection);
PG_FUNCTION_INFO_V1(connect_api_update_connection);
PG_FUNCTION_INFO_V1(connect_api_activate_connection);
PG_FUNCTION_INFO_V1(connect_api_deactivate_connection);
PG_FUNCTION_INFO_V1(connect_api_reactivate_connection);
PG_FUNCTION_INFO_V1(connect_api_list_connection_events);
PG_FUNCTION_INFO_V1(connect_api_list_events);
PG_FUNCTION_INFO_V1(connect_api_get_organization);
PG_FUNCTION_INFO_V1(connect_api_list_scopes);

/* How long a write waits for a lock, such as that of a share in flight. */
#define LOCK_TIMEOUT "5s"

typedef struct Call Call;

/* What distinguishes one operation from another. */
typedef struct Operation
{
	const char *name;			/* stands for method and path in a request's hash */
	Permission	permission;
	int			query;			/* QUERY_... */
	const char *field_parent;	/* where SQL arguments stand in the body; NULL: in the query */
	void		(*perform) (Call *call);
} Operation;

/* One request on its way. */
struct Call
{
	const Operation *operation;
	HttpRequest request;
	ListRequest list;
	Principal	who;
	HttpResponse response;
};

/*
 * Runs a step in a subtransaction.  If it fails, takes back all that it did and
 * makes the error the response; returns whether it succeeded.
 */
static bool
attempt(Call *call, void (*step) (Call *call))
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		step(call);
		ReleaseCurrentSubTransaction();
		done = true;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		response_from_error(&call->request, call->operation->field_parent, error, &call->response);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

/* Does what was asked for: the query first, then the operation itself. */
static void
perform(Call *call)
{
	request_parse_query(&call->request, call->operation->query, &connection_resource, &call->list);
	call->operation->perform(call);
}

/*
 * Answers a request with an Idempotency-Key: as the first time, or for the
 * first time, and then stores the answer together with what was done.
 */
static void
perform_once(Call *call)
{
	if (idempotency_replay(&call->request, call->operation->name, call->who.organization, &call->response))
		return;
	(void) attempt(call, perform);
	if (call->response.status < 500)
		idempotency_remember(&call->request, call->operation->name, call->who.organization, &call->response);
}

/* Finds out who asks and whether he may, and does it. */
static void
serve(Call *call)
{
	bool		writes = call->operation->permission == PERMISSION_WRITE;

	PushActiveSnapshot(GetTransactionSnapshot());
	principal_require(&call->who, call->operation->permission);
	PopActiveSnapshot();
	request_check_headers(&call->request);
	if (writes)
		(void) set_config_option("lock_timeout", LOCK_TIMEOUT, PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_LOCAL, true, 0, false);
	if (writes && call->request.idempotency_key != NULL)
		perform_once(call);
	else
		perform(call);
}

/* Answers a request from beginning to end. */
static Datum
handle(const Operation *operation, bytea *body)
{
	Call		call = {.operation = operation};

	request_read(&call.request, body);
	(void) attempt(&call, serve);
	response_send(&call.request, call.response.status == 401 ? NULL : call.who.organization,
				  &call.response);
	return CStringGetTextDatum(call.response.body);
}

/* Answers with a Connection. */
static void
answer_connection(Call *call, int status, const Connection *connection)
{
	call->response.status = status;
	call->response.body = json_text_done(document_one(&call->request.style, &connection_resource, &call->who, connection));
	if (status == 201)
		call->response.location = document_path(&connection_resource, connection->id);
}

/* Answers with any other document. */
static void
answer(Call *call, const JsonWriter *document)
{
	call->response.status = 200;
	call->response.body = json_text_done(document);
}

/* Raises attribute_unknown; last, since everything else matters more. */
static void
refuse_unknown(const HttpBody *body)
{
	if (body->unknown != NULL)
		ereport(ERROR,
				(connect_error(ERROR_ATTRIBUTE_UNKNOWN),
				 blame_pointer(body->unknown),
				 errdetail("There is no such attribute.")));
}

/* Raises type_mismatch unless the body's type, if it has one, is that of Connections. */
static void
require_type(const HttpBody *body)
{
	if (body->type != NULL && strcmp(body->type, "connect/connection") != 0)
		ereport(ERROR,
				(connect_error(ERROR_TYPE_MISMATCH),
				 blame_pointer("/data/type"),
				 errdetail("\"type\" must be \"connect/connection\".")));
}

static void
perform_create(Call *call)
{
	HttpBody	body;
	Connection	connection;

	body_read_resource(call->request.body, true, &body);
	if (body.destination == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "/data/attributes/destination-organization-id"),
				 blame_pointer("/data/attributes/destination-organization-id"),
				 errdetail("\"destination-organization-id\" must be given.")));
	if (body.id != NULL)
		ereport(ERROR,
				(connect_error(ERROR_CLIENT_ID),
				 blame_pointer("/data/id"),
				 errdetail("The server makes the ids of connections.")));
	require_type(&body);
	connection_create(&call->who, call->request.request_id, body.destination, body.name, body.scopes,
					 &connection);
	refuse_unknown(&body);
	answer_connection(call, 201, &connection);
}

static void
perform_update(Call *call)
{
	text	   *id = call->request.connection_id;
	HttpBody	body;
	Connection	connection;

	body_read_resource(call->request.body, false, &body);
	connection_check(&call->who, ACTION_UPDATE, id);
	require_type(&body);
	if (body.id != NULL && strcmp(body.id, text_to_cstring(id)) != 0)
		ereport(ERROR,
				(connect_error(ERROR_ID_MISMATCH),
				 blame_pointer("/data/id"),
				 errdetail("\"id\" must be that of the path.")));
	connection_change(&call->who, call->request.request_id, id, body.name, body.scopes, &connection);
	refuse_unknown(&body);
	answer_connection(call, 200, &connection);
}

static void
perform_transition(Call *call, ConnectionAction action)
{
	HttpBody	body;
	Connection	connection;

	body_read_meta(call->request.body, &body);
	connection_transition(&call->who, call->request.request_id, action, call->request.connection_id,
						 body.reason, body.scopes, &connection);
	refuse_unknown(&body);
	answer_connection(call, 200, &connection);
}

static void
perform_activate(Call *call)
{
	perform_transition(call, ACTION_ACTIVATE);
}

static void
perform_deactivate(Call *call)
{
	perform_transition(call, ACTION_DEACTIVATE);
}

static void
perform_reactivate(Call *call)
{
	perform_transition(call, ACTION_REACTIVATE);
}

static void
perform_get(Call *call)
{
	Connection	connection;

	connection_get(&call->who, call->request.connection_id, &connection);
	answer_connection(call, 200, &connection);
}

static void
perform_list(Call *call)
{
	ListPage	page = resource_list(&connection_resource, &call->who, &call->list);

	answer(call, document_page(&call->request.style, &connection_resource, &call->who, connection_resource.path, &call->list, &page));
}

static void
perform_events(Call *call)
{
	ListPage	page;

	text	   *id = call->request.connection_id;

	page = id != NULL ? connection_list_events(&call->who, id, &call->list) :
		resource_list(&event_resource, &call->who, &call->list);
	answer(call, document_page(&call->request.style, &event_resource, &call->who,
							   id != NULL ? connection_events_path(id) : event_resource.path,
							   &call->list, &page));
}

static void
perform_organization(Call *call)
{
	Organization organization;

	organization_get(&call->who, &organization);
	answer(call, document_one(&call->request.style, &organization_resource, &call->who, &organization));
}

static void
perform_scopes(Call *call)
{
	int			count;
	StoreRow   *rows = scope_read_all(&count);

	answer(call, document_all(&call->request.style, &scope_resource, &call->who, rows, count));
}

/* Defines the SQL function of an operation without a body. */
#define READER(function, query, perform) \
Datum \
function(PG_FUNCTION_ARGS) \
{ \
	static const Operation operation = {#function, PERMISSION_READ, query, NULL, perform}; \
\
	return handle(&operation, NULL); \
}

/* Defines the SQL function of an operation whose one argument is the body. */
#define WRITER(function, field_parent, perform) \
Datum \
function(PG_FUNCTION_ARGS) \
{ \
	static const Operation operation = {#function, PERMISSION_WRITE, QUERY_FIELDS, field_parent, perform}; \
\
	return handle(&operation, PG_GETARG_BYTEA_PP(0)); \
}

READER(connect_api_list_connections, QUERY_FIELDS | QUERY_PAGE | QUERY_FILTER, perform_list)
READER(connect_api_get_connection, QUERY_FIELDS, perform_get)
READER(connect_api_list_connection_events, QUERY_PAGE, perform_events)
READER(connect_api_list_events, QUERY_PAGE, perform_events)
READER(connect_api_get_organization, 0, perform_organization)
READER(connect_api_list_scopes, 0, perform_scopes)
WRITER(connect_api_create_connection, "/data/attributes", perform_create)
WRITER(connect_api_update_connection, "/data/attributes", perform_update)
WRITER(connect_api_activate_connection, "/meta", perform_activate)
WRITER(connect_api_deactivate_connection, "/meta", perform_deactivate)
WRITER(connect_api_reactivate_connection, "/meta", perform_reactivate)

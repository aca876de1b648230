/*
 * serve.c
 *		What all operations do alike, around what each does by itself.
 *
 * No error leaves a handler: PostgREST would answer it in a shape of its own,
 * and repeat a serialization failure without end.  What is done runs in a
 * subtransaction; its error becomes a document and a status.
 */
#include "postgres.h"

#include "access/xact.h"
#include "http/idempotency.h"
#include "http/serve.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/resowner.h"

/* How long a write waits for a lock, such as that of a share in flight. */
#define LOCK_TIMEOUT "5s"

/*
 * Runs a step in a subtransaction.  If it fails, takes back all that it did and
 * makes the error the response; returns whether it succeeded.
 */
static bool
attempt(HttpCall *call, void (*step) (HttpCall *call))
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
		response_from_error(&call->request, call->operation, error,
							&call->response);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

/*
 * Does what was asked for: reads query and body, then carries out the
 * operation.  A member that it does not take is the last thing to be refused.
 */
static void
perform(HttpCall *call)
{
	const Operation *operation = call->operation;

	query_parse(&call->request, &operation->query, operation->resource,
				&call->list);
	if (operation->body.place != BODY_NONE)
		body_read(call->request.body, &operation->body, &call->body);
	operation->perform(call);
	body_refuse_unknown(&call->body);
}

/*
 * Answers a request with an Idempotency-Key: as the first time, or for the
 * first time, and then stores the answer together with what was done.
 */
static void
perform_once(HttpCall *call)
{
	text	   *organization = call->who.organization;

	if (idempotency_replay(&call->request, call->operation, organization,
						   &call->response))
		return;
	(void) attempt(call, perform);
	if (call->response.status < 500)
		idempotency_remember(&call->request, call->operation, organization,
							 &call->response);
}

/* Finds out who asks and whether they may, and does it. */
static void
serve(HttpCall *call)
{
	bool		writes = call->operation->permission == PERMISSION_WRITE;

	principal_require_now(&call->who, call->operation->permission);
	request_check_headers(&call->request);
	if (writes)
		(void) set_config_option("lock_timeout", LOCK_TIMEOUT,
								 PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_LOCAL, true, 0, false);
	if (writes && call->request.idempotency_key != NULL)
		perform_once(call);
	else
		perform(call);
}

/* Returns the answer to a request; its body, if it has one, is the argument. */
Datum
http_answer(const Operation *operation, FunctionCallInfo fcinfo)
{
	HttpCall	call = {.operation = operation};
	bytea	   *body = PG_NARGS() > 0 ? PG_GETARG_BYTEA_PP(0) : NULL;

	request_read(&call.request, body);
	(void) attempt(&call, serve);
	response_send(&call.request,
				  call.response.status == 401 ? NULL : call.who.organization,
				  &call.response);
	return CStringGetTextDatum(call.response.body);
}

/* Makes a document the response of an operation that succeeded. */
void
http_respond(HttpCall *call, const JsonWriter *document)
{
	call->response.status = call->operation->success;
	call->response.body = json_text_done(document);
}

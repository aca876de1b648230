/*
 * serve.c
 *		What all operations do alike, around what each does by itself.
 *
 * No error leaves a handler: PostgREST would answer it in a shape of its own,
 * and repeat a serialization failure without end.  What is done runs in a
 * subtransaction; its error becomes a document and a status.
 *
 * PostgREST has few sessions for all routes, so few of them may stand still
 * behind one lock.  A request tries for a moment first; to wait longer it needs
 * one of a few places.
 */
#include "postgres.h"

#include "access/xact.h"
#include "http/idempotency.h"
#include "http/replica.h"
#include "http/serve.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/snapmgr.h"
#include "utils/resowner.h"

/*
 * How long a request waits for a lock, such as that of a share in flight, in
 * milliseconds: to begin with, and in one of the places where many requests may
 * not wait at once.
 */
#define FIRST_LOCK_TIMEOUT 300
#define LOCK_TIMEOUT 5000
#define WAITING_PLACES 4

/* The first key of the advisory locks that are the places. */
#define WAITING_LOCKS 0x636f6e6e

/* The request that is being served, for name_argument(). */
static HttpCall *current_call = NULL;

/*
 * Takes one of the places in which requests wait for locks, to the end of the
 * transaction; returns false if others have them all.
 */
static bool
take_waiting_place(void)
{
	for (int32 i = 0; i < WAITING_PLACES; i++)
	{
		if (DatumGetBool(DirectFunctionCall2(pg_try_advisory_xact_lock_int4,
											 Int32GetDatum(WAITING_LOCKS),
											 Int32GetDatum(i))))
			return true;
	}
	return false;
}

/*
 * Should a request that met this error be tried once more, with more patience?
 * Others than lock_timeout may raise the same SQLSTATE, such as a trigger.
 */
static bool
may_wait_longer(HttpCall *call, const ErrorData *error)
{
	if (error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE ||
		strcmp(error->funcname, "ProcessInterrupts") != 0 || call->is_patient)
		return false;
	call->is_patient = take_waiting_place();
	return call->is_patient;
}

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
		if (may_wait_longer(call, error))
			call->again = true;
		else
			response_from_error(call, error);
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
		body_read(&call->request, &operation->body, operation->resource,
				  &call->body);
	operation->perform(call);
	body_refuse_unknown(&call->body);
}

/*
 * Answers a request that reads: with all that is committed by now, which a
 * transaction that it names is part of.
 */
static void
perform_read(HttpCall *call)
{
	bool		after = call->request.transaction != NULL;

	if (after)
	{
		replica_await(&call->request, call->who.organization);
		PushActiveSnapshot(GetTransactionSnapshot());
	}
	perform(call);
	if (after)
		PopActiveSnapshot();
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
	if (!call->again && call->response.status < 500)
		idempotency_remember(&call->request, call->operation, organization,
							 &call->response);
}

/* Finds out who asks and whether they may, and does it. */
static void
serve(HttpCall *call)
{
	bool		writes = call->operation->permission == PERMISSION_WRITE;

	request_check_content(&call->request);
	principal_require_now(&call->who, call->operation->permission);
	request_check_headers(&call->request);
	if (!writes)
		perform_read(call);
	else if (call->request.idempotency_key != NULL)
		perform_once(call);
	else
		perform(call);
}

/*
 * Returns what the client calls an argument of a SQL function: a member of the
 * body or a parameter of the query.
 */
static const char *
name_argument(const char *argument)
{
	const Operation *operation = current_call->operation;
	char	   *key = request_kebab(argument);
	const char *name = body_name(&current_call->body, key);

	if (name == NULL)
		name = query_parameter(&current_call->request, &operation->query,
							   operation->resource, key);
	return name != NULL ? name : argument;
}

/*
 * Serves a request, with a limit to its waiting for locks and with names in its
 * errors that its client knows.
 *
 * lock_timeout is set behind its own back: to set it as SET LOCAL does takes
 * 4,600 of the 70,000 instructions of reading a row.
 */
static void
serve_limited(HttpCall *call)
{
	HttpCall   *outer = current_call;
	ErrorNamer	namer = error_set_namer(name_argument);
	int			lock_timeout = LockTimeout;

	current_call = call;
	LockTimeout = call->is_patient ? LOCK_TIMEOUT : FIRST_LOCK_TIMEOUT;
	PG_TRY();
	{
		(void) attempt(call, serve);
	}
	PG_FINALLY();
	{
		current_call = outer;
		LockTimeout = lock_timeout;
		(void) error_set_namer(namer);
	}
	PG_END_TRY();
}

/* Returns the answer to a request; its body, if it has one, is the argument. */
Datum
http_answer(const Operation *operation, FunctionCallInfo fcinfo)
{
	HttpCall	call = {.operation = operation};
	bytea	   *body = PG_NARGS() > 0 ? PG_GETARG_BYTEA_PP(0) : NULL;

	request_read(&call.request, body);
	serve_limited(&call);
	if (call.again)
	{
		HttpCall	patient = {.operation = operation,.is_patient = true};

		request_read(&patient.request, body);
		call = patient;
		serve_limited(&call);
	}
	response_send(&call.request,
				  call.response.status == 401 ? NULL : call.who.organization,
				  &call.response);
	return CStringGetTextDatum(call.response.body);
}

/*
 * Makes a document the response of an operation that succeeded, with the
 * transaction that has written, if one has.
 */
void
http_respond(HttpCall *call, const JsonWriter *document)
{
	FullTransactionId transaction = GetTopFullTransactionIdIfAny();

	call->response.status = call->operation->success;
	call->response.body = json_text_done(document);
	if (FullTransactionIdIsValid(transaction))
		call->response.transaction =
			psprintf(UINT64_FORMAT, U64FromFullTransactionId(transaction));
}

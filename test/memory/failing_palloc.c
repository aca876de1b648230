/*
 * failing_palloc.c
 *		Makes the nth palloc() fail, counted in calls of connect's functions.
 *
 * Every context asks for memory by the methods of its kind, and these stand in
 * tables of constants in the server.  So the tables are made writable in this
 * process, and their entries for alloc and realloc replaced.  That reaches each
 * palloc() and repalloc(), whoever makes it: ours, and those of PostgreSQL's in
 * SPI, the executor, caches and contexts that are made on the way.  Wrapping
 * palloc() by the compiler would reach ours alone, and a malloc() that fails
 * only those that need a new block.
 *
 * PostgreSQL tells by a hook where functions begin and end, also triggers and
 * planner support functions.  Only what lies in between is counted, so that
 * the parser and the transaction's end, which are not ours, are left alone.
 *
 * One palloc() fails, and the next succeed, or nobody could report the error.
 * The error is raised here and not by returning NULL, whereupon PostgreSQL
 * would write the sizes of all contexts to its log, each time.
 */
#define _GNU_SOURCE				/* for dladdr() */
#include "postgres.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/memnodes.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(fail_at);
PG_FUNCTION_INFO_V1(has_failed);
PG_FUNCTION_INFO_V1(memory_kept);

void		_PG_init(void);

/*
 * Which one is to fail, or 0; only of those for what outlives the transaction?
 * How many were there, and did it fail?
 */
static int	to_fail = 0;
static bool only_lasting = false;
static int	counted = 0;
static bool failed = false;

/* How many functions of connect's are running inside each other. */
static int	depth = 0;

/*
 * Functions of PostgreSQL's that do not survive it themselves.  The next of our
 * requests fails in their place.
 *
 * LockAcquireExtended() leaves an entry in the backend's table of locks that
 * has no room for owners, and says that it has; the next to take that lock
 * writes through a null pointer.  BeginInternalSubTransaction() leaves a state
 * in which the subtransaction around it cannot be rolled back; that ends the
 * session.  What sets a setting leaves its new text behind where the old one
 * cannot be noted, which shows since 16, where both stand in a context.
 */
static const char *const weak_functions[] = {
	"LockAcquireExtended", "BeginInternalSubTransaction",
	"set_config_option", "set_config_option_ext", "set_config_with_handle"
};

/* Was this called by one of these? */
static bool
is_called_by_weak(void)
{
	void	   *frames[64];
	int			count = backtrace(frames, lengthof(frames));

	for (int i = 0; i < count; i++)
	{
		Dl_info		info;

		for (int j = 0; j < (int) lengthof(weak_functions); j++)
		{
			if (dladdr(frames[i], &info) != 0 && info.dli_sname != NULL &&
				strcmp(info.dli_sname, weak_functions[j]) == 0)
				return true;
		}
	}
	return false;
}

/* Does a context end by itself, with a transaction, a statement or an error? */
static bool
is_passing(MemoryContext context)
{
	return context == TopTransactionContext || context == MessageContext ||
		context == ErrorContext ||
		strcmp(context->name, "TopPortalContext") == 0;
}

/* Does what is in a context outlive the transaction? */
static bool
is_lasting(MemoryContext context)
{
	while (context != NULL && !is_passing(context))
		context = context->parent;
	return context == NULL;
}

/* Counts a request for memory, and raises the error if it is the one. */
static void
count_request(MemoryContext context, Size size)
{
	if (depth == 0 || failed || to_fail == 0 || CritSectionCount > 0 ||
		context == ErrorContext || (only_lasting && !is_lasting(context)) ||
		++counted < to_fail || is_called_by_weak())
		return;
	failed = true;
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY),
			 errmsg("out of memory"),
			 errdetail("Request %d, of size %zu in memory context \"%s\", was "
					   "made to fail.", counted, size, context->name)));
}

/* The methods of each kind of contexts as they were, and in their place. */
#if PG_VERSION_NUM >= 170000
#define FLAGS , int flags
#define PASS_FLAGS , flags
#else
#define FLAGS
#define PASS_FLAGS
#endif
#if PG_VERSION_NUM >= 160000
#define OWNER
#define PASS_OWNER
#define OWNER_OF(pointer) GetMemoryChunkContext(pointer)
#else
#define OWNER MemoryContext context,
#define PASS_OWNER context,
#define OWNER_OF(pointer) context
#endif

#define KIND(kind) \
static MemoryContextMethods kind##_methods; \
static void * \
kind##_alloc(MemoryContext context, Size size FLAGS) \
{ \
	count_request(context, size); \
	return kind##_methods.alloc(context, size PASS_FLAGS); \
} \
static void * \
kind##_realloc(OWNER void *pointer, Size size FLAGS) \
{ \
	count_request(OWNER_OF(pointer), size); \
	return kind##_methods.realloc(PASS_OWNER pointer, size PASS_FLAGS); \
}

KIND(set)
KIND(generation)
KIND(slab)

/* Replaces two entries of a table of constants. */
#define REPLACE(kind, example) \
	(kind##_methods = *(example)->methods, \
	 replace_methods(unconstify(MemoryContextMethods *, (example)->methods), \
					 kind##_alloc, kind##_realloc))

static void
replace_methods(MemoryContextMethods *methods,
				void *(*alloc) (MemoryContext context, Size size FLAGS),
				void *(*realloc) (OWNER void *pointer, Size size FLAGS))
{
	uintptr_t	page = sysconf(_SC_PAGESIZE);
	uintptr_t	begin = (uintptr_t) methods & ~(page - 1);
	uintptr_t	end = (uintptr_t) (methods + 1);

	if (mprotect((void *) begin, end - begin, PROT_READ | PROT_WRITE) != 0)
		elog(ERROR, "the methods of memory contexts cannot be replaced: %m");
	methods->alloc = alloc;
	methods->realloc = realloc;
}

/* Is this function one of connect's? */
static bool
is_ours(Oid function)
{
	Oid			namespace = get_func_namespace(function);
	const char *name = OidIsValid(namespace) ?
		get_namespace_name(namespace) : NULL;

	return name != NULL && (strcmp(name, "connect") == 0 ||
							strcmp(name, "connect_api") == 0);
}

static void
note_call(FmgrHookEventType event, FmgrInfo *flinfo, Datum *arg)
{
	depth += event == FHET_START ? 1 : -1;
}

void
_PG_init(void)
{
	MemoryContext generation =
		GenerationContextCreate(CurrentMemoryContext, "example",
								ALLOCSET_SMALL_SIZES);
	MemoryContext slab = SlabContextCreate(CurrentMemoryContext, "example",
										   SLAB_DEFAULT_BLOCK_SIZE, 64);

	REPLACE(set, TopMemoryContext);
	REPLACE(generation, generation);
	REPLACE(slab, slab);
	needs_fmgr_hook = is_ours;
	fmgr_hook = note_call;
}

/*
 * Makes a request fail, counted from now on, or none for 0; the second argument
 * tells whether only what outlives the transaction counts.  Returns how many
 * there were so far.
 */
Datum
fail_at(PG_FUNCTION_ARGS)
{
	int			before = counted;

	to_fail = PG_GETARG_INT32(0);
	only_lasting = PG_GETARG_BOOL(1);
	counted = 0;
	failed = false;
	PG_RETURN_INT32(before);
}

Datum
has_failed(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(failed);
}

/*
 * Adds up what is in use in a context and those below, but for those that end
 * by themselves.
 */
static Size
add_up(MemoryContext context)
{
	MemoryContextCounters totals = {0};
	Size		used;

	if (is_passing(context))
		return 0;
	context->methods->stats(context, NULL, NULL, &totals, false);
	used = totals.totalspace - totals.freespace;
	for (MemoryContext child = context->firstchild;
		 child != NULL; child = child->nextchild)
		used += add_up(child);
	return used;
}

/* Returns how many bytes are in use that outlive a transaction. */
Datum
memory_kept(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(add_up(TopMemoryContext));
}

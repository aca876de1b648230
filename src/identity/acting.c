/*
 * acting.c
 *		For whom a gateway says that it acts in this transaction.
 *
 * A setting of ours keeps what act_as() said, because a setting follows
 * savepoints, ends with the transaction and reaches parallel workers.  Only
 * act_as() can set it.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "identity/acting.h"
#include "utils/guc.h"

#define ACTING_SETTING "connect.acting"

/*
 * The value is "organization" or "organization type id"; the first two of these
 * hold no space.
 */
static char *acting = NULL;

/* Is act_as() setting it right now? */
static bool setting_acting = false;

/*
 * Refuses every value of the setting, except an empty one, that comes from
 * anybody but act_as() or from the leader of a parallel worker.
 */
static bool
check_acting(char **newval, void **extra, GucSource source)
{
	if (**newval == '\0' || setting_acting || InitializingParallelWorker)
		return true;
	GUC_check_errdetail("Only connect.act_as() sets this.");
	return false;
}

/* Defines the setting; called once, at load. */
void
acting_init(void)
{
	DefineCustomStringVariable(ACTING_SETTING,
							   "For whom a gateway acts in this transaction.",
							   "Set by connect.act_as() only.",
							   &acting, "", PGC_SUSET,
							   GUC_NO_SHOW_ALL | GUC_NO_RESET_ALL |
							   GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   check_acting, NULL, NULL);
	MarkGUCPrefixReserved("connect");
}

/* Returns the text of the setting, empty if act_as() has said nothing. */
const char *
acting_value(void)
{
	return acting;
}

/*
 * Splits what act_as() said into its parts, in the current memory context.
 * Returns false if it has said nothing.
 */
bool
acting_read(Acting *said)
{
	char	   *organization;
	char	   *type;
	char	   *id = NULL;

	if (acting[0] == '\0')
		return false;
	organization = pstrdup(acting);
	type = strchr(organization, ' ');
	if (type != NULL && (id = strchr(type + 1, ' ')) != NULL)
	{
		*type++ = '\0';
		*id++ = '\0';
	}
	said->organization = organization;
	said->actor_type = type;
	said->actor_id = id;
	return true;
}

/* Sets the setting until the end of the transaction. */
static void
set_acting(const char *value)
{
	setting_acting = true;
	PG_TRY();
	{
		(void) set_config_option(ACTING_SETTING, value, PGC_SUSET,
								 PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
								 false);
	}
	PG_FINALLY();
	{
		setting_acting = false;
	}
	PG_END_TRY();
}

/*
 * Makes a gateway act for an organization until the end of the transaction.
 * actor_id may be NULL.
 */
void
acting_set(const char *organization, const char *actor_id,
		   const char *actor_type)
{
	set_acting(actor_id == NULL ? organization :
			   psprintf("%s %s %s", organization, actor_type, actor_id));
}

/* Ends what acting_set() began. */
void
acting_end(void)
{
	set_acting("");
}

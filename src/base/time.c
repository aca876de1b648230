/*
 * time.c
 *		Times as documents write them: RFC 3339, such as
 *		"2026-11-23T07:29:53.043Z".
 */
#include "postgres.h"

#include "base/time.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/timestamp.h"

/* Reads a number of just this many digits, from a limit to another one. */
static bool
read_number(const char **at, int digits, int least, int most, int *number)
{
	*number = 0;
	for (int i = 0; i < digits; i++, (*at)++)
	{
		if (**at < '0' || **at > '9')
			return false;
		*number = *number * 10 + (**at - '0');
	}
	return *number >= least && *number <= most;
}

/* Reads a character. */
static bool
read_char(const char **at, char expected)
{
	return *(*at)++ == expected;
}

/*
 * Reads the digits behind a point, if there is one; further ones are cut off.
 */
static bool
read_fraction(const char **at, fsec_t *microseconds)
{
	int			scale = 100000;

	*microseconds = 0;
	if (**at != '.')
		return true;
	(*at)++;
	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++, scale /= 10)
		*microseconds += (**at - '0') * scale;
	return true;
}

/* Reads the zone: "Z", or hours and minutes; in seconds west of UTC. */
static bool
read_zone(const char **at, int *zone)
{
	char		sign = *(*at)++;
	int			hours;
	int			minutes;

	*zone = 0;
	if (sign == 'Z' || sign == 'z')
		return true;
	if ((sign != '+' && sign != '-') ||
		!read_number(at, 2, 0, 23, &hours) || !read_char(at, ':') ||
		!read_number(at, 2, 0, 59, &minutes))
		return false;
	*zone = (hours * SECS_PER_HOUR + minutes * SECS_PER_MINUTE) *
		(sign == '-' ? 1 : -1);
	return true;
}

/* Reads a time; returns false for what is none.  Raises nothing. */
bool
time_parse(const char *string, TimestampTz *time)
{
	const char *at = string;
	struct pg_tm tm = {0};
	fsec_t		microseconds;
	int			zone;

	if (!read_number(&at, 4, 1, 9999, &tm.tm_year) || !read_char(&at, '-') ||
		!read_number(&at, 2, 1, 12, &tm.tm_mon) || !read_char(&at, '-') ||
		!read_number(&at, 2, 1, 31, &tm.tm_mday) ||
		(*at != 'T' && *at != 't') || !read_char(&at, *at) ||
		!read_number(&at, 2, 0, 23, &tm.tm_hour) || !read_char(&at, ':') ||
		!read_number(&at, 2, 0, 59, &tm.tm_min) || !read_char(&at, ':') ||
		!read_number(&at, 2, 0, 59, &tm.tm_sec) ||
		!read_fraction(&at, &microseconds) || !read_zone(&at, &zone) ||
		*at != '\0')
		return false;
	if (tm.tm_mday > day_tab[isleap(tm.tm_year)][tm.tm_mon - 1])
		return false;
	return tm2timestamp(&tm, microseconds, &zone, time) == 0;
}

/* Writes a time to the microsecond, as time_parse() reads it. */
text *
time_text(TimestampTz time)
{
	char		buffer[MAXDATELEN + 1];
	int			utc = 0;

	JsonEncodeDateTime(buffer, TimestampTzGetDatum(time), TIMESTAMPTZOID, &utc);
	return cstring_to_text(buffer);
}

/*
 * json_writer.c
 *		Writing JSON text, front to back, once.
 *
 * Commas are put by looking at what stands before: a key or element that does
 * not follow its bracket follows a sibling.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "json_writer.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* Starts a text in the current memory context. */
void
json_begin(JsonWriter *out, Inflection inflection)
{
	initStringInfo(&out->buf);
	out->inflection = inflection;
}

/* Appends JSON as it is: brackets, literals, what is known to need no escaping. */
void
json_raw(JsonWriter *out, const char *json)
{
	appendStringInfoString(&out->buf, json);
}

/* Appends bytes as a string, in runs that need no escaping. */
void
json_string(JsonWriter *out, const char *data, int len)
{
	StringInfo	buf = &out->buf;
	int			run = 0;

	appendStringInfoChar(buf, '"');
	for (int i = 0; i < len; i++)
	{
		unsigned char c = data[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		appendBinaryStringInfo(buf, data + run, i - run);
		run = i + 1;
		if (c == '"' || c == '\\')
		{
			appendStringInfoChar(buf, '\\');
			appendStringInfoChar(buf, c);
		}
		else
			appendStringInfo(buf, "\\u%04x", c);
	}
	appendBinaryStringInfo(buf, data + run, len - run);
	appendStringInfoChar(buf, '"');
}

/* Appends the comma before an element of an array, unless it is the first. */
void
json_element(JsonWriter *out)
{
	if (out->buf.data[out->buf.len - 1] != '[')
		appendStringInfoChar(&out->buf, ',');
}

/* Appends a key, given in kebab-case, as the writer inflects it. */
void
json_key(JsonWriter *out, const char *key)
{
	StringInfo	buf = &out->buf;

	if (buf->data[buf->len - 1] != '{')
		appendStringInfoChar(buf, ',');
	appendStringInfoChar(buf, '"');
	if (out->inflection == INFLECTION_KEBAB)
		appendStringInfoString(buf, key);
	else
	{
		for (const char *c = key; *c != '\0'; c++)
		{
			if (*c != '-')
				appendStringInfoChar(buf, *c);
			else if (out->inflection == INFLECTION_SNAKE)
				appendStringInfoChar(buf, '_');
			else
				appendStringInfoChar(buf, pg_toupper((unsigned char) *++c));
		}
	}
	appendStringInfoString(buf, "\":");
}

/* Appends a text, NULL as null; under a key unless that is NULL. */
void
json_text(JsonWriter *out, const char *key, const text *value)
{
	if (key != NULL)
		json_key(out, key);
	if (value == NULL)
		json_raw(out, "null");
	else
		json_string(out, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Appends a C string under a key. */
void
json_word(JsonWriter *out, const char *key, const char *word)
{
	json_key(out, key);
	json_string(out, word, strlen(word));
}

/* Appends a number, zero-padded. */
static void
append_digits(StringInfo buf, int number, int width)
{
	char		digits[4];

	for (int i = width - 1; i >= 0; i--, number /= 10)
		digits[i] = '0' + number % 10;
	appendBinaryStringInfo(buf, digits, width);
}

/*
 * Appends a time under a key as "2026-11-23T07:29:53.043Z", cut to milliseconds;
 * null for one that has no such form: infinite, or of another era.
 */
void
json_time(JsonWriter *out, const char *key, TimestampTz time)
{
	StringInfo	buf = &out->buf;
	struct pg_tm tm;
	fsec_t		fsec;

	json_key(out, key);
	if (TIMESTAMP_NOT_FINITE(time) || timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
	{
		json_raw(out, "null");
		return;
	}
	appendStringInfoChar(buf, '"');
	append_digits(buf, tm.tm_year, 4);
	appendStringInfoChar(buf, '-');
	append_digits(buf, tm.tm_mon, 2);
	appendStringInfoChar(buf, '-');
	append_digits(buf, tm.tm_mday, 2);
	appendStringInfoChar(buf, 'T');
	append_digits(buf, tm.tm_hour, 2);
	appendStringInfoChar(buf, ':');
	append_digits(buf, tm.tm_min, 2);
	appendStringInfoChar(buf, ':');
	append_digits(buf, tm.tm_sec, 2);
	appendStringInfoChar(buf, '.');
	append_digits(buf, fsec / 1000, 3);
	appendStringInfoString(buf, "Z\"");
}

/* Appends an array of text under a key. */
void
json_texts(JsonWriter *out, const char *key, ArrayType *values)
{
	Datum	   *elements;
	int			count;

	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	json_key(out, key);
	json_raw(out, "[");
	for (int i = 0; i < count; i++)
	{
		json_element(out);
		json_text(out, NULL, DatumGetTextPP(elements[i]));
	}
	json_raw(out, "]");
	pfree(elements);
}

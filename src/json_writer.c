/*
 * json_writer.c
 *		Writing JSON front to back, once: as text, or as the values jsonb is made of.
 *
 * Jsonb is not read from the text: reading costs more than all the writing.
 * Strings are not copied before the end, so they must live until then.
 *
 * In text, commas are put by looking at what stands before: what does not
 * follow its bracket or its key follows a sibling.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "json_writer.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* Starts a text in the current memory context. */
JsonWriter *
json_begin_text(Inflection inflection)
{
	JsonWriter *out = palloc0(sizeof(JsonWriter));

	out->inflection = inflection;
	initStringInfo(&out->text);
	return out;
}

/* Starts a jsonb in the current memory context. */
JsonWriter *
json_begin_jsonb(void)
{
	JsonWriter *out = palloc0(sizeof(JsonWriter));

	out->is_jsonb = true;
	return out;
}

/* Returns what was written as text. */
char *
json_text_done(const JsonWriter *out)
{
	Assert(!out->is_jsonb);
	return out->text.data;
}

/* Returns what was written as jsonb. */
Jsonb *
json_jsonb_done(const JsonWriter *out)
{
	Assert(out->is_jsonb);
	return JsonbValueToJsonb(out->root);
}

/* Appends the comma that text needs before a key or an element. */
static void
put_comma(StringInfo text)
{
	char		last = text->len == 0 ? '[' : text->data[text->len - 1];

	if (last != '[' && last != '{' && last != ':')
		appendStringInfoChar(text, ',');
}

/* Hands a string, boolean or null to jsonb, under the key that was given last or as an element. */
static void
push_scalar(JsonWriter *out, JsonbValue *value)
{
	out->root = pushJsonbValue(&out->state,
							   out->state->contVal.type == jbvArray ? WJB_ELEM : WJB_VALUE, value);
}

/* Opens an object or an array. */
void
json_open(JsonWriter *out, char bracket)
{
	if (out->is_jsonb)
		out->root = pushJsonbValue(&out->state, bracket == '{' ? WJB_BEGIN_OBJECT : WJB_BEGIN_ARRAY, NULL);
	else
	{
		put_comma(&out->text);
		appendStringInfoChar(&out->text, bracket);
	}
}

/* Closes what was opened last. */
void
json_close(JsonWriter *out, char bracket)
{
	if (out->is_jsonb)
		out->root = pushJsonbValue(&out->state, bracket == '}' ? WJB_END_OBJECT : WJB_END_ARRAY, NULL);
	else
		appendStringInfoChar(&out->text, bracket);
}

void
json_null(JsonWriter *out)
{
	JsonbValue	value = {.type = jbvNull};

	if (out->is_jsonb)
		push_scalar(out, &value);
	else
	{
		put_comma(&out->text);
		appendStringInfoString(&out->text, "null");
	}
}

void
json_boolean(JsonWriter *out, bool boolean)
{
	JsonbValue	value = {.type = jbvBool, .val.boolean = boolean};

	if (out->is_jsonb)
		push_scalar(out, &value);
	else
	{
		put_comma(&out->text);
		appendStringInfoString(&out->text, boolean ? "true" : "false");
	}
}

/* Writes bytes as a string; in text, in runs that need no escaping. */
void
json_string(JsonWriter *out, const char *data, int len)
{
	StringInfo	buf = &out->text;
	int			run = 0;

	if (out->is_jsonb)
	{
		JsonbValue	value = {.type = jbvString, .val.string = {.val = unconstify(char *, data), .len = len}};

		push_scalar(out, &value);
		return;
	}

	put_comma(buf);
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

/* Writes a key, given in kebab-case, as the writer inflects it. */
void
json_key(JsonWriter *out, const char *key)
{
	StringInfo	buf = &out->text;

	if (out->is_jsonb)
	{
		JsonbValue	value = {.type = jbvString, .val.string = {.val = unconstify(char *, key), .len = strlen(key)}};

		out->root = pushJsonbValue(&out->state, WJB_KEY, &value);
		return;
	}

	put_comma(buf);
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

/* Writes a text, NULL as null; under a key unless that is NULL. */
void
json_text(JsonWriter *out, const char *key, const text *value)
{
	if (key != NULL)
		json_key(out, key);
	if (value == NULL)
		json_null(out);
	else
		json_string(out, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Writes a C string under a key. */
void
json_word(JsonWriter *out, const char *key, const char *word)
{
	json_key(out, key);
	json_string(out, word, strlen(word));
}

/* Writes a number, zero-padded, and what follows it; returns where that ends. */
static char *
put_digits(char *at, int number, int width, char after)
{
	for (int i = width - 1; i >= 0; i--, number /= 10)
		at[i] = '0' + number % 10;
	at[width] = after;
	return at + width + 1;
}

/*
 * Writes a time under a key as "2026-11-23T07:29:53.043Z", cut to milliseconds;
 * null for one that has no such form: infinite, or of another era.
 */
void
json_time(JsonWriter *out, const char *key, TimestampTz time)
{
	struct pg_tm tm;
	fsec_t		fsec;
	char	   *begin;
	char	   *at;

	json_key(out, key);
	if (TIMESTAMP_NOT_FINITE(time) || timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
	{
		json_null(out);
		return;
	}
	at = begin = palloc(sizeof("2026-11-23T07:29:53.043Z"));
	at = put_digits(at, tm.tm_year, 4, '-');
	at = put_digits(at, tm.tm_mon, 2, '-');
	at = put_digits(at, tm.tm_mday, 2, 'T');
	at = put_digits(at, tm.tm_hour, 2, ':');
	at = put_digits(at, tm.tm_min, 2, ':');
	at = put_digits(at, tm.tm_sec, 2, '.');
	at = put_digits(at, fsec / 1000, 3, 'Z');
	json_string(out, begin, at - begin);
}

/* Writes an array of text under a key. */
void
json_texts(JsonWriter *out, const char *key, ArrayType *values)
{
	Datum	   *elements;
	int			count;

	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	json_key(out, key);
	json_open(out, '[');
	for (int i = 0; i < count; i++)
		json_text(out, NULL, DatumGetTextPP(elements[i]));
	json_close(out, ']');
	pfree(elements);
}

/*
 * json_writer.h
 *		Writing JSON front to back, as text or as jsonb.
 */
#ifndef CONNECT_JSON_WRITER_H
#define CONNECT_JSON_WRITER_H

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/jsonb.h"

/* How keys are written; values never change. */
typedef enum Inflection
{
	INFLECTION_KEBAB,
	INFLECTION_CAMEL,
	INFLECTION_SNAKE
} Inflection;

typedef struct JsonWriter
{
	bool		is_jsonb;
	Inflection	inflection;		/* of text; keys of jsonb stay as they are given */
	StringInfoData text;
	JsonbParseState *state;
	JsonbValue *root;			/* once all is closed */
} JsonWriter;

extern JsonWriter *json_begin_text(Inflection inflection);
extern JsonWriter *json_begin_jsonb(void);
extern void json_open(JsonWriter *out, char bracket);
extern void json_close(JsonWriter *out, char bracket);
extern void json_null(JsonWriter *out);
extern void json_boolean(JsonWriter *out, bool value);
extern void json_string(JsonWriter *out, const char *data, int len);
extern void json_key(JsonWriter *out, const char *key);
extern void json_text(JsonWriter *out, const char *key, const text *value);
extern void json_word(JsonWriter *out, const char *key, const char *word);
extern void json_time(JsonWriter *out, const char *key, TimestampTz time);
extern void json_texts(JsonWriter *out, const char *key, ArrayType *values);
extern char *json_text_done(const JsonWriter *out);
extern Jsonb *json_jsonb_done(const JsonWriter *out);

#endif							/* CONNECT_JSON_WRITER_H */

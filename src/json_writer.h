/*
 * json_writer.h
 *		Writing JSON text, front to back.
 */
#ifndef CONNECT_JSON_WRITER_H
#define CONNECT_JSON_WRITER_H

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "utils/array.h"

/* How keys are written; values never change. */
typedef enum Inflection
{
	INFLECTION_KEBAB,
	INFLECTION_CAMEL,
	INFLECTION_SNAKE
} Inflection;

typedef struct JsonWriter
{
	StringInfoData buf;
	Inflection	inflection;
} JsonWriter;

extern void json_begin(JsonWriter *out, Inflection inflection);
extern void json_raw(JsonWriter *out, const char *json);
extern void json_string(JsonWriter *out, const char *data, int len);
extern void json_element(JsonWriter *out);
extern void json_key(JsonWriter *out, const char *key);
extern void json_text(JsonWriter *out, const char *key, const text *value);
extern void json_word(JsonWriter *out, const char *key, const char *word);
extern void json_time(JsonWriter *out, const char *key, TimestampTz time);
extern void json_texts(JsonWriter *out, const char *key, ArrayType *values);

#endif							/* CONNECT_JSON_WRITER_H */

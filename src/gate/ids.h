/*
 * ids.h
 *		Ids of organizations as values of the types that columns may have.
 */
#ifndef CONNECT_GATE_IDS_H
#define CONNECT_GATE_IDS_H

#include "base/typeid.h"
#include "utils/array.h"

/* Room for any id that is made of a value of another type than text. */
typedef union IdBuffer
{
	text		id;
	char		bytes[VARHDRSZ + ID_MAX_LENGTH];
} IdBuffer;

extern bool ids_have_type(Oid type);
extern Oid	ids_array_type(Oid type);
extern const text *id_from_uuid(const char *bytes, IdBuffer *buffer);
extern const text *id_from_integer(int64 value, IdBuffer *buffer);
extern bool id_to_type(const text *id, Oid type, Datum *value);
extern ArrayType *ids_make_array(const Datum *ids, int count, Oid type);

#endif							/* CONNECT_GATE_IDS_H */

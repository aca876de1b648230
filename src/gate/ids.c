/*
 * ids.c
 *		Ids of organizations as values of the types that columns may have: text,
 *		uuid, integer and bigint.
 *
 * An id is the text that PostgreSQL prints of the value.  A text that it would
 * print in another way, such as a UUID in capitals or 007, is the id of no
 * value.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "gate/ids.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

/* Printed: 32 digits and 4 hyphens. */
#define UUID_LENGTH 36

/* Can a column of this type hold ids? */
bool
ids_have_type(Oid type)
{
	return type == TEXTOID || type == UUIDOID || type == INT4OID ||
		type == INT8OID;
}

/* Returns the type of an array of such a type. */
Oid
ids_array_type(Oid type)
{
	switch (type)
	{
		case UUIDOID:
			return UUIDARRAYOID;
		case INT4OID:
			return INT4ARRAYOID;
		case INT8OID:
			return INT8ARRAYOID;
		default:
			return TEXTARRAYOID;
	}
}

/* Does a UUID have a hyphen before this byte of its sixteen? */
static inline bool
hyphen_before(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/* Returns a UUID, given as its bytes, as an id in the buffer. */
const text *
id_from_uuid(const char *bytes, IdBuffer *buffer)
{
	static const char digits[] = "0123456789abcdef";
	char	   *to = VARDATA(&buffer->id);

	for (int i = 0; i < UUID_LEN; i++)
	{
		if (hyphen_before(i))
			*to++ = '-';
		*to++ = digits[((unsigned char) bytes[i]) >> 4];
		*to++ = digits[((unsigned char) bytes[i]) & 0x0F];
	}
	SET_VARSIZE(&buffer->id, VARHDRSZ + UUID_LENGTH);
	return &buffer->id;
}

/* Returns a number as an id in the buffer. */
const text *
id_from_integer(int64 value, IdBuffer *buffer)
{
	int			len = pg_lltoa(value, VARDATA(&buffer->id));

	SET_VARSIZE(&buffer->id, VARHDRSZ + len);
	return &buffer->id;
}

/* Returns the value of a hexadecimal digit in small letters, or -1. */
static int
digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

/* Makes the UUID that an id is, allocated; false if it is none. */
static bool
id_to_uuid(const text *id, Datum *value)
{
	const char *from = VARDATA_ANY(id);
	pg_uuid_t	uuid;

	if (VARSIZE_ANY_EXHDR(id) != UUID_LENGTH)
		return false;
	for (int i = 0; i < UUID_LEN; i++)
	{
		int			high;
		int			low;

		if (hyphen_before(i) && *from++ != '-')
			return false;
		high = digit_value(*from++);
		low = digit_value(*from++);
		if (high < 0 || low < 0)
			return false;
		uuid.data[i] = (high << 4) | low;
	}
	*value = UUIDPGetDatum(memcpy(palloc(sizeof(uuid)), &uuid, sizeof(uuid)));
	return true;
}

/* Finds the number that an id is, as PostgreSQL prints it; false if none. */
static bool
id_to_integer(const text *id, int64 *value)
{
	const char *from = VARDATA_ANY(id);
	const char *end = from + VARSIZE_ANY_EXHDR(id);
	bool		negative = from < end && *from == '-';

	if (negative)
		from++;
	if (from == end || (*from == '0' && (negative || end - from > 1)))
		return false;
	*value = 0;
	for (; from < end; from++)
	{
		int			digit = *from - '0';

		/* below zero, where there is room for one number more */
		if (digit < 0 || digit > 9 ||
			pg_mul_s64_overflow(*value, 10, value) ||
			pg_sub_s64_overflow(*value, digit, value))
			return false;
	}
	return negative || !pg_sub_s64_overflow(0, *value, value);
}

/*
 * Makes the value of a type that prints as this id, allocated if it is no plain
 * number; false if there is none.
 */
bool
id_to_type(const text *id, Oid type, Datum *value)
{
	int64		number;

	switch (type)
	{
		case TEXTOID:
			*value = PointerGetDatum(id);
			return true;
		case UUIDOID:
			return id_to_uuid(id, value);
		case INT4OID:
			if (!id_to_integer(id, &number) || number < PG_INT32_MIN ||
				number > PG_INT32_MAX)
				return false;
			*value = Int32GetDatum((int32) number);
			return true;
		case INT8OID:
			if (!id_to_integer(id, &number))
				return false;
			*value = Int64GetDatum(number);
			return true;
		default:
			return false;
	}
}

/*
 * Makes an array of a type out of ids, allocated, leaving out those that the
 * type cannot hold.
 */
ArrayType *
ids_make_array(const Datum *ids, int count, Oid type)
{
	Datum	   *values = palloc(Max(1, count) * sizeof(Datum));
	int			nvalues = 0;

	for (int i = 0; i < count; i++)
	{
		if (id_to_type(DatumGetTextPP(ids[i]), type, &values[nvalues]))
			nvalues++;
	}
	switch (type)
	{
		case UUIDOID:
			return construct_array(values, nvalues, type, UUID_LEN, false,
								   TYPALIGN_CHAR);
		case INT4OID:
			return construct_array(values, nvalues, type, sizeof(int32), true,
								   TYPALIGN_INT);
		case INT8OID:
			return construct_array(values, nvalues, type, sizeof(int64),
								   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
		default:
			return construct_array(values, nvalues, type, -1, false,
								   TYPALIGN_INT);
	}
}

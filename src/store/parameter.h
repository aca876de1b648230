/*
 * parameter.h
 *		The columns of a row as parameters of a statement.
 */
#ifndef CONNECT_STORE_PARAMETER_H
#define CONNECT_STORE_PARAMETER_H

#include "lib/stringinfo.h"
#include "store/statement.h"

extern Oid	store_parameter_type(StoreKind kind);
extern void store_append_parameter(StringInfo sql, StoreQuery *query,
								   StoreTable *table, int column);
extern Datum store_parameter_value(const StoreTable *table, int column,
								   Datum value);

#endif							/* CONNECT_STORE_PARAMETER_H */

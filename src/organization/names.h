/*
 * names.h
 *		What organizations are called.
 */
#ifndef CONNECT_ORGANIZATION_NAMES_H
#define CONNECT_ORGANIZATION_NAMES_H

#include "json/writer.h"
#include "store/scan.h"

extern void organization_write_partner(JsonWriter *out, StoreScan *look_up,
									   text *partner);

#endif							/* CONNECT_ORGANIZATION_NAMES_H */

/*
 * names.h
 *		What organizations are called.
 */
#ifndef CONNECT_ORGANIZATION_NAMES_H
#define CONNECT_ORGANIZATION_NAMES_H

#include "store/scan.h"

extern text *organization_name(StoreScan *look_up, text *id);

#endif							/* CONNECT_ORGANIZATION_NAMES_H */

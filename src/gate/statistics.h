/*
 * statistics.h
 *		What ANALYZE found out about Connections.
 */
#ifndef CONNECT_GATE_STATISTICS_H
#define CONNECT_GATE_STATISTICS_H

extern double statistics_of_destination(const text *destination);

#endif							/* CONNECT_GATE_STATISTICS_H */

/*
 * unit.h
 *		The suites, one for each file of src/ that needs no backend.
 *
 * postgres.h must be included before check.h, and both before this.
 */
#ifndef CONNECT_UNIT_H
#define CONNECT_UNIT_H

extern Suite *rules_suite(void);
extern Suite *connection_suite(void);
extern Suite *typeid_suite(void);

#endif							/* CONNECT_UNIT_H */

/*
 * planner.h
 *		What the planner is told of the gate.
 */
#ifndef CONNECT_GATE_PLANNER_H
#define CONNECT_GATE_PLANNER_H

#include "nodes/nodes.h"

extern Node *planner_support(Node *request, Oid support);

#endif							/* CONNECT_GATE_PLANNER_H */

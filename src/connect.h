/*
 * connect.h
 *		What is known from the module's load.
 */
#ifndef CONNECT_CONNECT_H
#define CONNECT_CONNECT_H

/* Was the module loaded through shared_preload_libraries? */
extern bool connect_preloaded;

#endif							/* CONNECT_CONNECT_H */

/*
 * preload.h
 *		Was the module loaded through shared_preload_libraries?
 */
#ifndef CONNECT_BASE_PRELOAD_H
#define CONNECT_BASE_PRELOAD_H

extern bool connect_preloaded;

extern void preload_init(void);

#endif							/* CONNECT_BASE_PRELOAD_H */

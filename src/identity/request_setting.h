/*
 * request_setting.h
 *		The settings in which PostgREST leaves JSON objects.
 */
#ifndef CONNECT_IDENTITY_REQUEST_SETTING_H
#define CONNECT_IDENTITY_REQUEST_SETTING_H

#include "json/reader.h"

typedef enum RequestSetting
{
	REQUEST_HEADERS,
	REQUEST_CLAIMS
} RequestSetting;

extern const char *request_setting_value(RequestSetting setting);
extern JsonValue *request_setting_object(RequestSetting setting);
extern JsonValue *request_header(const char *name);

#endif							/* CONNECT_IDENTITY_REQUEST_SETTING_H */

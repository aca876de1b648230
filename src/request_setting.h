/*
 * request_setting.h
 *		Members of the JSON objects that PostgREST leaves in settings.
 */
#ifndef CONNECT_REQUEST_SETTING_H
#define CONNECT_REQUEST_SETTING_H

typedef enum MemberKind
{
	MEMBER_ABSENT,
	MEMBER_STRING,
	MEMBER_OTHER				/* present, but not a string */
} MemberKind;

/* The settings, each the text of a JSON object. */
typedef enum RequestSetting
{
	REQUEST_HEADERS,
	REQUEST_CLAIMS
} RequestSetting;

extern const char *request_setting_value(RequestSetting setting);
extern MemberKind request_setting_member(const char *setting, const char *member, char **value);

#endif							/* CONNECT_REQUEST_SETTING_H */

/*
 * nls.c
 *		Stands in for the message catalogues of the C library.  With the
 *		real ones, a stock server that runs under ASan's runtime would hang
 *		while it starts.  Messages stay English.
 */
#include <stddef.h>

char	   *bindtextdomain(const char *domain, const char *folder);
char	   *bind_textdomain_codeset(const char *domain, const char *codeset);
char	   *textdomain(const char *domain);

char *
bindtextdomain(const char *domain, const char *folder)
{
	return (char *) folder;
}

char *
bind_textdomain_codeset(const char *domain, const char *codeset)
{
	return (char *) codeset;
}

char *
textdomain(const char *domain)
{
	return (char *) domain;
}

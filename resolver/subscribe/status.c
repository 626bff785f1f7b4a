/*
 * HTTP/2 sends no words, and those of HTTP/1 are the server's: ours are the
 * same whoever is asked.
 */
#include "subscribe/status.h"

#include <stddef.h>

static const struct {
	long status;
	const char *words;
} table[] = {
	{ 204, "No Content" }, { 206, "Partial Content" },
	{ 300, "Multiple Choices" }, { 304, "Not Modified" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" },
	{ 402, "Payment Required" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" }, { 408, "Request Timeout" },
	{ 410, "Gone" }, { 429, "Too Many Requests" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
	{ 502, "Bad Gateway" }, { 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
};

const char *status_words(long status)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (table[i].status == status)
			return table[i].words;
	return "not what was asked for";
}

bool status_is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

/*
 * What a zone file says, as ldns reads it.
 */
#include "dns/record.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static bool is_printable(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.at[i] < ' ' && text.at[i] != '\t') ||
		    text.at[i] > '~')
			return false;
	return true;
}

/* NULL: not as it should be, or no memory. */
static ldns_rr *line_parse(uint16_t type, struct bytes text)
{
	ldns_rr *rr = NULL;
	char *line = NULL;
	ldns_status status;

	if (asprintf(&line, ". 0 IN TYPE%u %.*s", (unsigned)type,
		     (int)text.len, (const char *)text.at) < 0)
		return NULL;
	status = ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL);
	free(line);
	return status == LDNS_STATUS_OK ? rr : NULL;
}

static int data_write(const ldns_rr *rr, uint8_t *to, size_t room)
{
	ldns_buffer *wire = ldns_buffer_new(LDNS_MIN_BUFLEN);
	int len = ERROR_MALFORMED;

	if (wire == NULL)
		return -ENOMEM;
	if (ldns_rr_rdata2buffer_wire(wire, rr) == LDNS_STATUS_OK)
		len = (int)ldns_buffer_position(wire);
	if (len > 0 && (size_t)len > room)
		len = ERROR_FULL;
	if (len > 0)
		memcpy(to, ldns_buffer_begin(wire), (size_t)len);
	ldns_buffer_free(wire);
	return len;
}

int record_parse_data(uint16_t type, struct bytes text, uint8_t *to,
		      size_t room)
{
	ldns_rr *rr;
	int len = ERROR_MALFORMED;

	if (text.len > UINT16_MAX || !is_printable(text))
		return ERROR_MALFORMED;
	rr = line_parse(type, text);
	if (rr == NULL)
		return ERROR_MALFORMED;
	if (ldns_rr_get_type(rr) == (ldns_rr_type)type &&
	    ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN)
		len = data_write(rr, to, room);
	ldns_rr_free(rr);
	return len;
}

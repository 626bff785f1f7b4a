/*
 * The words of DNS, as ldns knows them, with a table for what its version of
 * Debian 12 does not: the types that only a question has, and newer ones.
 */
#include "dns/record.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"

/* IANA, "Resource Record (RR) TYPEs". */
static const struct type_word {
	uint16_t type;
	const char *word;
} type_words[] = {
	{ 56, "NINFO" }, { 57, "RKEY" }, { 66, "DSYNC" }, { 67, "HHIT" },
	{ 68, "BRID" }, { 100, "UINFO" }, { 101, "UID" }, { 102, "GID" },
	{ 103, "UNSPEC" }, { 128, "NXNAME" }, { 249, "TKEY" },
	{ 250, "TSIG" }, { 251, "IXFR" }, { 252, "AXFR" }, { 253, "MAILB" },
	{ 254, "MAILA" }, { 255, "ANY" }, { 258, "AVC" }, { 259, "DOA" },
	{ 260, "AMTRELAY" }, { 261, "RESINFO" }, { 262, "WALLET" },
	{ 263, "CLA" }, { 264, "IPN" }, { 32768, "TA" },
};

enum { TYPE_WORDS = sizeof(type_words) / sizeof(type_words[0]) };

/*
 * IANA, "DNS RCODEs".  Not through ldns: it ends at 10 and calls 4 NOTIMPL.
 * 16 is BADSIG only within TSIG.
 */
static const char *const rcode_words[] = {
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
	"YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
	NULL, NULL, NULL, NULL, "BADVERS", "BADKEY", "BADTIME", "BADMODE",
	"BADNAME", "BADALG", "BADTRUNC", "BADCOOKIE",
};

enum { RCODE_WORDS = sizeof(rcode_words) / sizeof(rcode_words[0]) };

static const char *type_word(uint16_t type)
{
	const ldns_rr_descriptor *known = ldns_rr_descript(type);
	unsigned i;

	for (i = 0; i < TYPE_WORDS; i++)
		if (type_words[i].type == type)
			return type_words[i].word;
	/* A stranger's descriptor is that of type 0. */
	return known != NULL && known->_type == type ? known->_name : NULL;
}

void record_print_type(uint16_t type, struct text *out)
{
	const char *word = type_word(type);

	if (word != NULL)
		text_put(out, "%s", word);
	else
		text_put(out, "TYPE%u", (unsigned)type);
}

/* "65280", up to 65535 and nothing behind it. */
static int number_parse(const char *digits, uint16_t *number)
{
	size_t len = strspn(digits, "0123456789");
	unsigned long value;

	if (len == 0 || len > 5 || digits[len] != '\0')
		return ERROR_MALFORMED;
	value = strtoul(digits, NULL, 10);
	if (value > UINT16_MAX)
		return ERROR_MALFORMED;
	*number = (uint16_t)value;
	return 0;
}

int record_parse_type(const char *word, uint16_t *type)
{
	ldns_rr_type known;
	unsigned i;

	if (strncasecmp(word, "TYPE", 4) == 0)
		return number_parse(word + 4, type);
	for (i = 0; i < TYPE_WORDS; i++)
		if (strcasecmp(type_words[i].word, word) == 0) {
			*type = type_words[i].type;
			return 0;
		}
	known = ldns_get_rr_type_by_name(word);
	if (known == 0)
		return ERROR_MALFORMED;
	*type = (uint16_t)known;
	return 0;
}

void record_print_rcode(uint16_t rcode, struct text *out)
{
	if (rcode < RCODE_WORDS && rcode_words[rcode] != NULL)
		text_put(out, "%s", rcode_words[rcode]);
	else
		text_put(out, "RCODE%u", (unsigned)rcode);
}

int record_parse_rcode(const char *word, uint16_t *rcode)
{
	for (uint16_t i = 0; i < RCODE_WORDS; i++)
		if (rcode_words[i] != NULL &&
		    strcasecmp(rcode_words[i], word) == 0) {
			*rcode = i;
			return 0;
		}
	return ERROR_MALFORMED;
}

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

_Static_assert(RECORD_DIGEST == LDNS_SHA256_DIGEST_LENGTH, "SHA-256");

/* In steps: the one call of ldns takes no length above UINT_MAX. */
void record_digest(const void *at, size_t len, uint8_t digest[RECORD_DIGEST])
{
	ldns_sha256_CTX context;

	ldns_sha256_init(&context);
	ldns_sha256_update(&context, at, len);
	ldns_sha256_final(digest, &context);
}

/*
 * The words of DNS, in tables of our own: whoever reads a journal need not
 * have ldns, and its tables end early.
 */
#include "dns/record.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "dns/message.h"

/* IANA, "Resource Record (RR) TYPEs"; in order. */
static const struct type_word {
	uint16_t type;
	const char *word;
} type_words[] = {
	{ 1, "A" }, { 2, "NS" }, { 3, "MD" }, { 4, "MF" }, { 5, "CNAME" },
	{ 6, "SOA" }, { 7, "MB" }, { 8, "MG" }, { 9, "MR" }, { 10, "NULL" },
	{ 11, "WKS" }, { 12, "PTR" }, { 13, "HINFO" }, { 14, "MINFO" },
	{ 15, "MX" }, { 16, "TXT" }, { 17, "RP" }, { 18, "AFSDB" },
	{ 19, "X25" }, { 20, "ISDN" }, { 21, "RT" }, { 22, "NSAP" },
	{ 23, "NSAP-PTR" }, { 24, "SIG" }, { 25, "KEY" }, { 26, "PX" },
	{ 27, "GPOS" }, { 28, "AAAA" }, { 29, "LOC" }, { 30, "NXT" },
	{ 31, "EID" }, { 32, "NIMLOC" }, { 33, "SRV" }, { 34, "ATMA" },
	{ 35, "NAPTR" }, { 36, "KX" }, { 37, "CERT" }, { 38, "A6" },
	{ 39, "DNAME" }, { 40, "SINK" }, { 41, "OPT" }, { 42, "APL" },
	{ 43, "DS" }, { 44, "SSHFP" }, { 45, "IPSECKEY" }, { 46, "RRSIG" },
	{ 47, "NSEC" }, { 48, "DNSKEY" }, { 49, "DHCID" }, { 50, "NSEC3" },
	{ 51, "NSEC3PARAM" }, { 52, "TLSA" }, { 53, "SMIMEA" }, { 55, "HIP" },
	{ 56, "NINFO" }, { 57, "RKEY" }, { 58, "TALINK" }, { 59, "CDS" },
	{ 60, "CDNSKEY" }, { 61, "OPENPGPKEY" }, { 62, "CSYNC" },
	{ 63, "ZONEMD" }, { 64, "SVCB" }, { 65, "HTTPS" }, { 66, "DSYNC" },
	{ 67, "HHIT" }, { 68, "BRID" }, { 99, "SPF" }, { 100, "UINFO" },
	{ 101, "UID" }, { 102, "GID" }, { 103, "UNSPEC" }, { 104, "NID" },
	{ 105, "L32" }, { 106, "L64" }, { 107, "LP" }, { 108, "EUI48" },
	{ 109, "EUI64" }, { 128, "NXNAME" }, { 249, "TKEY" }, { 250, "TSIG" },
	{ 251, "IXFR" }, { 252, "AXFR" }, { 253, "MAILB" }, { 254, "MAILA" },
	{ 255, "ANY" }, { 256, "URI" }, { 257, "CAA" }, { 258, "AVC" },
	{ 259, "DOA" }, { 260, "AMTRELAY" }, { 261, "RESINFO" },
	{ 262, "WALLET" }, { 263, "CLA" }, { 264, "IPN" }, { 32768, "TA" },
	{ 32769, "DLV" },
};

enum { TYPE_WORDS = sizeof(type_words) / sizeof(type_words[0]) };

/* IANA, "DNS RCODEs".  16 is BADSIG only within TSIG. */
static const char *const rcode_words[] = {
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
	"YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
	NULL, NULL, NULL, NULL, "BADVERS", "BADKEY", "BADTIME", "BADMODE",
	"BADNAME", "BADALG", "BADTRUNC", "BADCOOKIE",
};

enum { RCODE_WORDS = sizeof(rcode_words) / sizeof(rcode_words[0]) };

static int compare(const void *type, const void *element)
{
	const struct type_word *word = element;

	return *(const uint16_t *)type - word->type;
}

void record_print_type(uint16_t type, struct text *out)
{
	const struct type_word *known = bsearch(&type, type_words, TYPE_WORDS,
						sizeof(type_words[0]),
						compare);

	if (known != NULL)
		text_put(out, "%s", known->word);
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
	if (strncasecmp(word, "TYPE", 4) == 0)
		return number_parse(word + 4, type);
	for (unsigned i = 0; i < TYPE_WORDS; i++)
		if (strcasecmp(type_words[i].word, word) == 0) {
			*type = type_words[i].type;
			return 0;
		}
	return ERROR_MALFORMED;
}

void record_print_class(uint16_t class, struct text *out)
{
	if (class == CLASS_IN)
		text_put(out, "IN");
	else if (class == CLASS_CH)
		text_put(out, "CH");
	else
		text_put(out, "CLASS%u", (unsigned)class);
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

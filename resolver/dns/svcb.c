/*
 *	priority (2)  target  | key (2) length (2) value | key length value ...
 *
 * The target is never compressed by those who keep to RFC 9460 (section 2.2);
 * it is read as if it could be, for a client may do so, too, and then the
 * name counts that the client sees.
 */
#include "dns/svcb.h"

#include "base/error.h"
#include "dns/cut.h"
#include "dns/message.h"

enum { PRIORITY = 2, PARAM_FIXED = 4, KEY = 2 };

bool svcb_is(uint16_t type)
{
	return type == TYPE_SVCB || type == TYPE_HTTPS;
}

/* The length of one address of a hint; 0: the key is no hint. */
static size_t hint_len(uint16_t key)
{
	if (key == SVCB_IPV4HINT)
		return 4;
	return key == SVCB_IPV6HINT ? 16 : 0;
}

static bool param_holds(const struct svcb_param *param)
{
	size_t each = hint_len(param->key);

	return each == 0 ||
	       (param->value.len > 0 && param->value.len % each == 0);
}

/* Takes the first of the row; false: nothing whole is left. */
static bool param_take(struct bytes *row, struct svcb_param *param)
{
	size_t len;

	if (row->len < PARAM_FIXED)
		return false;
	len = bytes_get16(row->at + 2);
	if (row->len - PARAM_FIXED < len)
		return false;
	param->key = bytes_get16(row->at);
	param->value = bytes_of(row->at + PARAM_FIXED, len);
	*row = bytes_of(param->value.at + len, row->len - PARAM_FIXED - len);
	return true;
}

static bool params_hold(struct bytes row)
{
	struct svcb_param param;
	int last = -1;

	while (param_take(&row, &param)) {
		if (param.key <= last || !param_holds(&param))
			return false;
		last = param.key;
	}
	return row.len == 0;
}

int svcb_read(struct svcb *svcb, struct bytes message,
	      const struct record *record)
{
	int end;

	if (record->rdata_len <= PRIORITY)
		return ERROR_MALFORMED;
	svcb->priority = bytes_get16(message.at + record->rdata);
	end = name_read(&svcb->target, message, record->rdata + PRIORITY);
	if (end < 0 || (size_t)end > record->end)
		return ERROR_MALFORMED;
	svcb->params = bytes_of(message.at + end, record->end - (size_t)end);
	svcb->hints = bytes_of(NULL, 0);
	svcb->hint_len = 0;
	return params_hold(svcb->params) ? 0 : ERROR_MALFORMED;
}

bool svcb_param(struct svcb *svcb, struct svcb_param *param)
{
	return param_take(&svcb->params, param);
}

bool svcb_hint(struct svcb *svcb, struct bytes *raw)
{
	struct svcb_param param;

	while (svcb->hints.len == 0) {
		if (!svcb_param(svcb, &param))
			return false;
		svcb->hint_len = hint_len(param.key);
		if (svcb->hint_len > 0)
			svcb->hints = param.value;
	}
	*raw = bytes_of(svcb->hints.at, svcb->hint_len);
	svcb->hints = bytes_of(raw->at + raw->len,
			       svcb->hints.len - raw->len);
	return true;
}

/* --- without ech --- */

static bool has_ech(struct svcb svcb)
{
	struct svcb_param param;

	while (svcb_param(&svcb, &param))
		if (param.key == SVCB_ECH)
			return true;
	return false;
}

/* The keys of `mandatory`, but for ech; where they end. */
static uint8_t *keys_write(uint8_t *to, struct bytes keys)
{
	for (size_t at = 0; at + KEY <= keys.len; at += KEY) {
		uint16_t key = bytes_get16(keys.at + at);

		if (key == SVCB_ECH)
			continue;
		bytes_put16(to, key);
		to += KEY;
	}
	return to;
}

/* `to` is never behind the parameter that is written; where it ends. */
static uint8_t *param_write(uint8_t *to, const struct svcb_param *param)
{
	uint8_t *value = to + PARAM_FIXED, *end = value;

	if (param->key == SVCB_ECH)
		return to;
	if (param->key != SVCB_MANDATORY) {
		memmove(value, param->value.at, param->value.len);
		end += param->value.len;
	} else {
		end = keys_write(value, param->value);
		if (end == value)
			return to;
	}
	bytes_put16(to, param->key);
	bytes_put16(to + 2, (uint16_t)(end - value));
	return end;
}

/* An odd `mandatory` would come out as another one. */
static bool mandatory_holds(struct svcb svcb)
{
	struct svcb_param param;

	return !svcb_param(&svcb, &param) || param.key != SVCB_MANDATORY ||
	       (param.value.len > 0 && param.value.len % KEY == 0);
}

int svcb_strip_ech(uint8_t *message, size_t len, const struct record *record)
{
	struct bytes whole = bytes_of(message, len);
	struct svcb_param param;
	struct svcb svcb;
	struct cut cut;
	uint8_t *to;

	if (svcb_read(&svcb, whole, record) < 0)
		return ERROR_MALFORMED;
	if (!has_ech(svcb))
		return (int)len;
	to = message + (svcb.params.at - message);
	if (!mandatory_holds(svcb) ||
	    cut_plan(&cut, whole, record, (size_t)(to - message)) < 0)
		return ERROR_MALFORMED;
	while (svcb_param(&svcb, &param))
		to = param_write(to, &param);
	return (int)cut_carry_out(&cut, message, (size_t)(to - message));
}

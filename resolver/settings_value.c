/*
 * A function for each type.  Each of them either stores a value that is right
 * or tells what would be; none stops the reading, so that all that is wrong
 * with a file is told at once.
 */
#include "settings_value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/text.h"

#define tell(value, ...) \
	settings_reader_tell((value)->reader, (value)->setting, __VA_ARGS__)

void *settings_value_field(const struct settings_value *value)
{
	return (char *)value->base + value->key->at;
}

const char *settings_value_shown(const char *text, char word[SETTINGS_SHOWN])
{
	struct text shown;

	text_init(&shown, word, SETTINGS_SHOWN);
	text_put_hostile(&shown, bytes_of_string(text));
	return word;
}

const char *settings_value_example(const struct settings_key *key)
{
	return key->example != NULL ? key->example : key->fallback;
}

void settings_value_tell_type(const struct settings_value *value)
{
	const struct settings_key *key = value->key;

	tell(value, "\"%s\" takes %s: %s = %s;", key->name,
	     settings_table_takes(key->type), key->name,
	     settings_value_example(key));
}

/* NULL: it is no text, and that was told. */
static const char *text_of(const struct settings_value *value)
{
	const char *text = config_setting_get_string(value->setting);

	if (text == NULL)
		settings_value_tell_type(value);
	return text;
}

static void store(const struct settings_value *value, uint64_t number)
{
	uint8_t byte = (uint8_t)number;
	uint16_t half = (uint16_t)number;
	uint32_t word = (uint32_t)number;
	void *field = settings_value_field(value);

	switch (value->key->size) {
	case sizeof(byte):
		memcpy(field, &byte, sizeof(byte));
		break;
	case sizeof(half):
		memcpy(field, &half, sizeof(half));
		break;
	case sizeof(word):
		memcpy(field, &word, sizeof(word));
		break;
	default:
		memcpy(field, &number, sizeof(number));
	}
}

static bool is_whole(const config_setting_t *setting)
{
	int type = config_setting_type(setting);

	return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
}

static bool is_in_range(const struct settings_value *value, double number)
{
	const struct settings_key *key = value->key;

	if (number >= key->min && number <= key->max)
		return true;
	tell(value, "\"%s\" is %.10g: it can be %.10g to %.10g%s%s", key->name,
	     number, key->min, key->max, key->unit != NULL ? " " : "",
	     key->unit != NULL ? key->unit : "");
	return false;
}

static void take_bool(const struct settings_value *value)
{
	if (config_setting_type(value->setting) == CONFIG_TYPE_BOOL)
		store(value, config_setting_get_bool(value->setting) != 0);
	else
		settings_value_tell_type(value);
}

/* False: it is none, or out of its range; that was told. */
static bool whole_number_of(const struct settings_value *value,
			    uint64_t *number)
{
	long long whole = config_setting_get_int64(value->setting);

	if (!is_whole(value->setting)) {
		settings_value_tell_type(value);
		return false;
	}
	*number = (uint64_t)whole;
	return is_in_range(value, (double)whole);
}

static void take_number(const struct settings_value *value)
{
	uint64_t number;

	if (whole_number_of(value, &number))
		store(value, number);
}

static void take_power(const struct settings_value *value)
{
	uint64_t number, power = 1;

	if (!whole_number_of(value, &number))
		return;
	while (power < number)
		power *= 2;
	if (power != number)
		tell(value, "\"%s\" is %llu, which is no power of two: the "
		     "next one is %llu", value->key->name,
		     (unsigned long long)number, (unsigned long long)power);
	store(value, power);
}

static void take_seconds(const struct settings_value *value)
{
	double seconds;

	if (is_whole(value->setting)) {
		seconds = (double)config_setting_get_int64(value->setting);
	} else if (config_setting_type(value->setting) == CONFIG_TYPE_FLOAT) {
		seconds = config_setting_get_float(value->setting);
	} else {
		settings_value_tell_type(value);
		return;
	}
	if (is_in_range(value, seconds))
		store(value, (uint64_t)(seconds * 1000 + 0.5));
}

/* "16M": -1 when it is no size. */
static double parse_size(const char *text)
{
	static const char units[] = "KMG";
	const char *unit;
	double size = 0;

	if (!isdigit((unsigned char)*text))
		return -1;
	for (; isdigit((unsigned char)*text); text++)
		size = size * 10 + (*text - '0');
	if (*text == '\0')
		return size;
	unit = strchr(units, toupper((unsigned char)*text));
	if (unit == NULL || text[1] != '\0')
		return -1;
	for (; unit >= units; unit--)
		size *= 1024;
	return size;
}

static void take_bytes(const struct settings_value *value)
{
	const char *text = config_setting_get_string(value->setting);
	double size = text != NULL ? parse_size(text) : 0;
	char word[SETTINGS_SHOWN];

	if (text == NULL) {
		take_number(value);
		return;
	}
	if (size < 0)
		tell(value, "\"%s\" is no size: write a number of bytes, or "
		     "one with K, M or G, such as %s",
		     settings_value_shown(text, word),
		     settings_value_example(value->key));
	else if (is_in_range(value, size))
		store(value, (uint64_t)size);
}

/* `text` is from malloc; or NULL, when there was no memory. */
static void store_text(const struct settings_value *value, char *text)
{
	memcpy(settings_value_field(value), &text, sizeof(text));
	if (text == NULL)
		tell(value, "%s", error_words(-ENOMEM));
}

static void take_text(const struct settings_value *value)
{
	const char *text = text_of(value);

	if (text != NULL)
		store_text(value, strdup(text));
}

/* `max` of a path: how long it may be; 0: as it comes. */
static void take_path(const struct settings_value *value)
{
	const char *text = text_of(value);
	double max = value->key->max;
	char *path;

	if (text == NULL)
		return;
	if (*text == '\0') {
		tell(value, "\"%s\" is empty: it takes a path",
		     value->key->name);
		return;
	}
	path = settings_reader_resolve(value->reader, text);
	store_text(value, path);
	if (path != NULL && max > 0 && (double)strlen(path) > max)
		tell(value, "the path of \"%s\" is %zu bytes long: a socket's "
		     "can have %.0f", value->key->name, strlen(path), max);
}

static void tell_word(const struct settings_value *value, const char *text)
{
	const struct settings_key *key = value->key;
	char word[SETTINGS_SHOWN], near[64], words[256];
	struct text list;

	settings_value_shown(text, word);
	if (settings_table_near_word(key->words, text, near)) {
		tell(value, "\"%s\" cannot be \"%s\": did you mean \"%s\"?",
		     key->name, word, near);
		return;
	}
	text_init(&list, words, sizeof(words));
	for (const char *at = key->words; *at != '\0'; at++) {
		if (*at == '|')
			text_put(&list, ", ");
		else
			text_put(&list, "%c", *at);
	}
	tell(value, "\"%s\" cannot be \"%s\": it is one of %s", key->name,
	     word, words);
}

static void take_word(const struct settings_value *value)
{
	const char *text = text_of(value);
	int number;

	if (text == NULL)
		return;
	number = settings_table_has_word(value->key->words, text)
			 ? value->key->parse(text) : ERROR_MALFORMED;
	if (number < 0)
		tell_word(value, text);
	else
		store(value, (uint64_t)number);
}

static void take_name(const struct settings_value *value)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	const char *text = text_of(value);
	size_t len = text != NULL ? strlen(text) : 0;
	char word[SETTINGS_SHOWN];

	if (text == NULL)
		return;
	settings_value_shown(text, word);
	if (len == 0 || text[0] == '.' || strspn(text, allowed) < len)
		tell(value, "\"%s\" is no name for a list: it takes a-z, 0-9, "
		     "\".\", \"_\" and \"-\", and does not begin with \".\"",
		     word);
	else if (len >= value->key->size)
		tell(value, "the name \"%s\" is too long: it can have %zu "
		     "characters", word, value->key->size - 1);
	else
		memcpy(settings_value_field(value), text, len + 1);
}

static void take_sink4(const struct settings_value *value)
{
	struct house_sink *sink = settings_value_field(value);
	const char *text = text_of(value);
	char word[SETTINGS_SHOWN];
	uint8_t other[16];

	if (text == NULL)
		return;
	sink->has4 = inet_pton(AF_INET, text, sink->address4) == 1;
	if (sink->has4)
		return;
	if (inet_pton(AF_INET6, text, other) == 1)
		tell(value, "\"%s\" is an IPv6 address: it belongs into "
		     "\"address6\"", text);
	else
		tell(value, "\"%s\" is no IPv4 address: write one such as "
		     "\"192.168.1.5\", without a port",
		     settings_value_shown(text, word));
}

static void take_sink6(const struct settings_value *value)
{
	struct house_sink *sink = settings_value_field(value);
	const char *text = text_of(value);
	char word[SETTINGS_SHOWN];
	uint8_t other[4];

	if (text == NULL)
		return;
	sink->has6 = inet_pton(AF_INET6, text, sink->address6) == 1;
	if (sink->has6)
		return;
	if (inet_pton(AF_INET, text, other) == 1)
		tell(value, "\"%s\" is an IPv4 address: it belongs into "
		     "\"address4\"", text);
	else
		tell(value, "\"%s\" is no IPv6 address: write one such as "
		     "\"fd00::5\", without a port",
		     settings_value_shown(text, word));
}

static bool needs_scope(const struct address *address)
{
	return address->family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&address->in6.sin6_addr) &&
	       address->in6.sin6_scope_id == 0;
}

void settings_value_take_address(const struct settings_value *value,
				 struct address *row)
{
	const char *text = text_of(value);
	char word[SETTINGS_SHOWN];

	if (text == NULL)
		return;
	settings_value_shown(text, word);
	if (address_parse(row, text, 53) < 0 && strchr(text, '%') != NULL)
		tell(value, "\"%s\" is no address, or this machine has no "
		     "such interface", word);
	else if (address_parse(row, text, 53) < 0)
		tell(value, "\"%s\" is no address: write \"192.0.2.1\", "
		     "\"192.0.2.1:53\", \"2001:db8::1\" or "
		     "\"[2001:db8::1]:53\"", word);
	else if (address_port(row) == 0)
		tell(value, "\"%s\": there is no port 0", word);
	else if (needs_scope(row))
		tell(value, "\"%s\" is a link-local address and needs its "
		     "interface: \"fe80::1%%eth0\" or \"[fe80::1%%eth0]:53\"",
		     word);
}

static void take_address(const struct settings_value *value)
{
	settings_value_take_address(value, settings_value_field(value));
}

void settings_value_take_prefix(const struct settings_value *value,
				struct prefix *row)
{
	const char *text = text_of(value);
	char word[SETTINGS_SHOWN];

	if (text != NULL && prefix_parse(row, text) < 0)
		tell(value, "\"%s\" is no prefix: write \"192.168.0.0/16\", "
		     "\"fd00::/8\" or an address without a port",
		     settings_value_shown(text, word));
}

void settings_value_take_source(const struct settings_value *value,
				char **row)
{
	const char *text = text_of(value);

	if (text == NULL)
		return;
	if (*text == '\0') {
		tell(value, "\"%s\" is empty: it takes a path or a URL",
		     value->key->name);
		return;
	}
	*row = settings_reader_resolve(value->reader, text);
	if (*row == NULL)
		tell(value, "%s", error_words(-ENOMEM));
}

void settings_value_take_one_path(const struct settings_value *value,
				  char **row)
{
	const char *text = text_of(value);
	char word[SETTINGS_SHOWN];

	if (text == NULL)
		return;
	if (*text == '\0' || strstr(text, "://") != NULL) {
		tell(value, "\"%s\" is no path: \"%s\" takes files of this "
		     "machine", settings_value_shown(text, word),
		     value->key->name);
		return;
	}
	*row = settings_reader_resolve(value->reader, text);
	if (*row == NULL)
		tell(value, "%s", error_words(-ENOMEM));
}

void settings_value_take_client(const struct settings_value *value,
				struct settings_client *row)
{
	const char *text = text_of(value);
	char word[SETTINGS_SHOWN];

	if (text == NULL)
		return;
	row->is_mac = mac_parse(&row->mac, text) == 0;
	if (!row->is_mac && prefix_parse(&row->prefix, text) < 0)
		tell(value, "\"%s\" is no client: write an address, a prefix "
		     "such as \"192.168.1.64/28\" or a MAC address such as "
		     "\"a4:83:e7:00:11:22\"",
		     settings_value_shown(text, word));
}

void settings_value_take_times(const struct settings_value *value)
{
	const char *text = text_of(value), *why = NULL;
	char word[SETTINGS_SHOWN];
	int error;

	if (text == NULL)
		return;
	error = schedule_parse(settings_value_field(value), text, &why);
	if (error == ERROR_FULL)
		tell(value, "\"%s\" can have %d times", value->key->name,
		     SCHEDULE_SPANS);
	else if (error < 0)
		tell(value, "\"%s\" is no time of the week: %s",
		     settings_value_shown(text, word),
		     why != NULL ? why : error_words(error));
}

static void take_duration(const struct settings_value *value)
{
	const char *text = config_setting_get_string(value->setting);
	char word[SETTINGS_SHOWN];
	int64_t seconds;

	if (text == NULL) {
		take_number(value);
		return;
	}
	seconds = duration_parse(text);
	if (seconds < 0)
		tell(value, "\"%s\" is no length of time: write a number of "
		     "seconds, or one with s, m, h, d or w, such as %s",
		     settings_value_shown(text, word),
		     settings_value_example(value->key));
	else if (is_in_range(value, (double)seconds))
		store(value, (uint64_t)seconds);
}

void settings_value_take(const struct settings_value *value)
{
	static void (*const takes[])(const struct settings_value *) = {
		[KEY_BOOL] = take_bool,
		[KEY_NUMBER] = take_number,
		[KEY_POWER] = take_power,
		[KEY_SECONDS] = take_seconds,
		[KEY_BYTES] = take_bytes,
		[KEY_TEXT] = take_text,
		[KEY_PATH] = take_path,
		[KEY_WORD] = take_word,
		[KEY_NAME] = take_name,
		[KEY_SINK4] = take_sink4,
		[KEY_SINK6] = take_sink6,
		[KEY_ADDRESS] = take_address,
		[KEY_DURATION] = take_duration,
	};

	takes[value->key->type](value);
}

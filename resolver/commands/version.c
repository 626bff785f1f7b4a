/*
 * The first thing that is wanted of who reports a fault.  This file includes
 * each library for no more than its two version numbers: that of the headers
 * we were built with, and that of the library we run with.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "commands/commands.h"

#ifdef HAVE_CURL
#include <curl/curl.h>
#endif
#ifdef HAVE_IDN2
#include <idn2.h>
#endif
#ifdef HAVE_JANSSON
#include <jansson.h>
#endif
#include <ldns/ldns.h>
#include <libconfig.h>
#ifdef HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif
#ifdef HAVE_SODIUM
#include <sodium.h>
#endif
#include <sqlite3.h>
#include <stdio.h>
#include <uv.h>
#include <zstd.h>

/* libconfig does not tell, and jansson only since 2.13. */
#if defined(HAVE_JANSSON) && JANSSON_VERSION_HEX < 0x020d00
#define jansson_version_str() "(does not tell)"
#endif

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static void print_library(const char *name, const char *built,
			  const char *running)
{
	printf("%-11s %-12s %s\n", name, built, running);
}

static void print_pcre2(void)
{
#ifdef HAVE_PCRE2
	char built[32], running[64] = "";

	snprintf(built, sizeof(built), "%d.%d", PCRE2_MAJOR, PCRE2_MINOR);
	pcre2_config(PCRE2_CONFIG_VERSION, running);
	print_library("PCRE2", built, running);
#else
	print_library("PCRE2", "without", "(no regular expressions)");
#endif
}

static void print_libraries(void)
{
	char config[32], uv[32];

	snprintf(uv, sizeof(uv), "%d.%d.%d", UV_VERSION_MAJOR,
		 UV_VERSION_MINOR, UV_VERSION_PATCH);
	snprintf(config, sizeof(config), "%d.%d.%d", LIBCONFIG_VER_MAJOR,
		 LIBCONFIG_VER_MINOR, LIBCONFIG_VER_REVISION);
	print_library("", "built with", "runs with");
	print_library("libuv", uv, uv_version_string());
	print_library("ldns", LDNS_VERSION, ldns_version());
	print_library("libconfig", config, "(does not tell)");
	print_library("SQLite", SQLITE_VERSION, sqlite3_libversion());
#ifdef HAVE_JANSSON
	print_library("jansson", JANSSON_VERSION, jansson_version_str());
#else
	print_library("jansson", "without", "(no output as JSON)");
#endif
	print_library("zstd", ZSTD_VERSION_STRING, ZSTD_versionString());
#ifdef HAVE_CURL
	print_library("libcurl", LIBCURL_VERSION,
		      curl_version_info(CURLVERSION_NOW)->version);
#else
	print_library("libcurl", "without", "(no lists from URLs)");
#endif
#ifdef HAVE_SODIUM
	print_library("libsodium", SODIUM_VERSION_STRING,
		      sodium_version_string());
#else
	print_library("libsodium", "without", "(no signatures)");
#endif
	print_pcre2();
#ifdef HAVE_IDN2
	print_library("libidn2", IDN2_VERSION, idn2_check_version(NULL));
#else
	print_library("libidn2", "without", "(no names outside of ASCII)");
#endif
}

static int run(struct command_call *call)
{
	(void)call;
	printf("homebound %s\n%-11s %s\n%-11s %s\n\n", PACKAGE_VERSION,
	       "compiler", COMPILER, "settings", SETTINGS_PATH);
	print_libraries();
	return EXIT_DONE;
}

const struct command command_version = {
	.name = "version",
	.operands = "",
	.summary = "the version, and what it was built with",
	.details =
	"The version of homebound, the compiler, and the libraries: the "
	"version it was built with and the one it runs with. Add it to what "
	"you report.",
	.run = run,
};

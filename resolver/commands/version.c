/*
 * The first thing that is wanted of who reports a fault.  This file includes
 * each library for no more than its two version numbers: that of the headers
 * we were built with, and that of the library we run with.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "commands/commands.h"

#ifdef HAVE_JANSSON
#include <jansson.h>
#endif
#include <ldns/ldns.h>
#include <libconfig.h>
#include <sqlite3.h>
#include <stdio.h>
#include <uv.h>

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

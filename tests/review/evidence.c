/*
 * A made journal, exported and checked; and then every file of it changed.
 * The check must notice any byte.
 */
#include "review/evidence.h"

#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <time.h>

#include "../journal/fixture.h"
#include "base/file.h"
#include "base/sha256.h"
#include "journal/schema.h"
#include "review/evidence_chain.h"
#include "review/evidence_check.h"
#include "subscribe/keypair.h"

enum { ROWS = 60, BLOCK = 20, BLOCKS = 2, SECOND = 1000000 };

#define BEGIN ((uint64_t)1795000000 * SECOND)
#define END (BEGIN + (uint64_t)3600 * SECOND)

static struct fixture fixture;
static struct keypair pair;
static char folder[128], public_file[256], words[512];
static sqlite3 *db;

static void run(const char *format, ...)
{
	char *message = NULL, *sql;
	va_list args;

	va_start(args, format);
	sql = sqlite3_vmprintf(format, args);
	va_end(args);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK,
		     "%s: %s", sql, message);
	sqlite3_free(sql);
}

static const char *hex(const uint8_t hash[EVIDENCE_HASH])
{
	static char all[4][2 * EVIDENCE_HASH + 1];
	static unsigned next;
	char *at = all[next++ % 4];

	for (unsigned i = 0; i < EVIDENCE_HASH; i++)
		snprintf(at + 2 * i, 3, "%02x", hash[i]);
	return at;
}

/* A row every minute, from one of two devices. */
static void make_rows(void)
{
	for (unsigned i = 0; i < ROWS; i++)
		run("INSERT INTO tail (number, time, client, transport, name, "
		    "type, class, verdict, source) VALUES (%u, %llu, "
		    "x'c0a8000%u', 1, 'n%u.%s.example', 1, 1, %u, 2)", 10 + i,
		    (unsigned long long)(BEGIN + i * 60ull * SECOND),
		    2 + i % 2, i % 5, i % 3 ? "shop" : "<b>&''evil",
		    i % 4 == 0);
}

/* Rows of the tail stand in for those of the block. */
static void make_block(unsigned block, uint8_t before[EVIDENCE_HASH])
{
	struct evidence_link link = {
		.link = 1 + block, .number = 10 + block * BLOCK,
		.last = 10 + block * BLOCK + BLOCK - 1, .rows = BLOCK,
		.from = (int64_t)(BEGIN + block * BLOCK * 60ull * SECOND),
	};
	char data[32];

	link.until = link.from + (BLOCK - 1) * 60ll * SECOND;
	snprintf(data, sizeof(data), "block %u", block);
	sha256_of(data, strlen(data), link.hash);
	evidence_chain_seal(before, &link, link.sealed);
	memcpy(before, link.sealed, EVIDENCE_HASH);
	run("INSERT INTO chain VALUES (%lld, %lld, %lld, %lld, %lld, %lld, "
	    "x'%s', x'%s'); INSERT INTO block_data VALUES (%lld, "
	    "CAST('%s' AS BLOB))", (long long)link.link,
	    (long long)link.number, (long long)link.last,
	    (long long)link.rows, (long long)link.from,
	    (long long)link.until, hex(link.hash), hex(link.sealed),
	    (long long)link.number, data);
}

static void make_around(void)
{
	run("INSERT INTO clock VALUES (9, %llu, 5, 0, '<boot>')",
	    (unsigned long long)BEGIN - SECOND);
	run("INSERT INTO gap VALUES (80, %llu, %llu, 17, 'full')",
	    (unsigned long long)BEGIN + 5 * SECOND,
	    (unsigned long long)BEGIN + 9 * SECOND);
	run("INSERT INTO mark VALUES (1, %llu, 'plugged <i>it</i> in', NULL, "
	    "'sink')", (unsigned long long)BEGIN + 60 * SECOND);
	run("INSERT INTO image VALUES (1, 4, %llu, 2, x'%s')",
	    (unsigned long long)BEGIN / SECOND - 60,
	    hex((const uint8_t *)"0123456789abcdef0123456789abcdef"));
	run("INSERT INTO image_list VALUES (1, 0, 'trackers', 3, 0, x'00', "
	    "2, 0)");
	for (unsigned i = 2; i < 4; i++)
		run("INSERT INTO device VALUES (%u, NULL, %llu, %llu); "
		    "INSERT INTO device_address VALUES (x'c0a8000%u', %llu, "
		    "%u)", i, (unsigned long long)BEGIN,
		    (unsigned long long)END, i, (unsigned long long)BEGIN, i);
}

static void make_journal(void)
{
	uint8_t before[EVIDENCE_HASH] = { 0 };

	cr_assert_eq(sqlite3_open(fixture.database, &db), SQLITE_OK);
	cr_assert_eq(schema_prepare(db), SQLITE_OK);
	run("PRAGMA journal_mode = WAL");
	run("BEGIN");
	make_rows();
	make_around();
	for (unsigned i = 0; i < BLOCKS; i++)
		make_block(i, before);
	run("COMMIT");
}

static void set_up(void)
{
	struct text text;

	if (!evidence_is_built() || !minisign_is_built())
		cr_skip_test("built without jansson or libsodium");
	setenv("TZ", "UTC0", 1);
	tzset();
	fixture_make(&fixture);
	snprintf(folder, sizeof(folder), "%s/evidence", fixture.folder);
	make_journal();
	cr_assert_eq(keypair_make(&pair), 0);
	text_init(&text, public_file, sizeof(public_file));
	keypair_put_public(&pair, &text);
}

static void tear_down(void)
{
	sqlite3_close(db);
	if (fixture.folder[0] != '\0')
		fixture_remove(&fixture);
}

TestSuite(evidence, .init = set_up, .fini = tear_down, .timeout = 120);

static int sign(void *context, struct bytes text, struct text *out)
{
	return keypair_sign(context, text, "timestamp:1", out);
}

static struct evidence_options usual(void)
{
	static const struct evidence_file files[] = { { NULL, NULL } };

	return (struct evidence_options){
		.database = fixture.database, .folder = folder,
		.since = BEGIN, .until = END, .program = "homebound",
		.files = files, .public_key = pair.public_key,
		.fingerprint = "0000", .public_file = public_file,
		.sign = sign, .context = &pair,
	};
}

static int export(const struct evidence_options *options,
		  struct evidence_outcome *outcome)
{
	struct text trouble;

	text_init(&trouble, words, sizeof(words));
	return evidence_export(options, outcome, &trouble);
}

static void export_usual(void)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;

	cr_assert_eq(export(&options, &outcome), 0, "%s", words);
	cr_assert_eq(outcome.rows, ROWS);
	cr_assert_eq(outcome.gaps, 1);
}

/* --- checking --- */

/* All that was told. */
static char told[65536];

static void tell(void *context, enum evidence_said said, const char *sentence)
{
	size_t len = strlen(told);

	(void)context;
	snprintf(told + len, sizeof(told) - len, "%u %s\n", said, sentence);
}

static int verify(void *context, struct bytes text, struct bytes signature,
		  struct text *trouble)
{
	(void)context;
	return minisign_verify(pair.public_key, text, signature, trouble);
}

static bool check(void)
{
	struct evidence_check check = {
		.folder = folder, .verify = verify, .tell = tell,
		.untrusted = KEYPAIR_UNTRUSTED,
	};

	told[0] = '\0';
	return evidence_check(&check);
}

static void expect_wrong(const char *sentence)
{
	cr_expect_not(check());
	cr_expect_not_null(strstr(told, sentence), "%s", told);
}

static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const uint8_t *at, size_t len)
{
	FILE *file = fopen(path_of(name), "w");

	cr_assert_not_null(file);
	fwrite(at, 1, len, file);
	fclose(file);
}

static char *get(const char *name, size_t *len)
{
	uint8_t *at;

	cr_assert_eq(file_read(path_of(name), 1 << 24, &at, len), 0);
	return (char *)at;
}

/* Signs again what was changed: the household itself, or who has its key. */
static void sign_again(void)
{
	char *manifest, signature[4096];
	struct text text;
	size_t len;

	snprintf(signature, sizeof(signature), "cd %s && rm MANIFEST* && "
		 "LC_ALL=C sha256sum * > ../MANIFEST && mv ../MANIFEST .",
		 folder);
	cr_assert_eq(system(signature), 0);
	manifest = get("MANIFEST", &len);
	text_init(&text, signature, sizeof(signature));
	cr_assert_eq(sign(&pair, bytes_of(manifest, len), &text), 0);
	put("MANIFEST.minisig", (uint8_t *)signature, text.len);
	free(manifest);
}

Test(evidence, that_was_exported_is_good)
{
	export_usual();
	cr_expect(check(), "%s", told);
	cr_expect_not_null(strstr(told, "all 12 files"), "%s", told);
	cr_expect_not_null(strstr(told, "2 links, each follows"), "%s", told);
	cr_expect_not_null(strstr(told, "2 blocks lie in that time"), "%s",
			   told);
	cr_expect_not_null(strstr(told, "20 rows are in no link"), "%s", told);
	cr_expect_not_null(strstr(told, "1 gaps.json: -- 17 queries"), "%s",
			   told);
}

Test(evidence, is_for_its_maker_alone)
{
	struct stat status;

	umask(0);
	export_usual();
	cr_assert_eq(stat(folder, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0700);
	cr_assert_eq(stat(path_of("rows.csv"), &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0600);
}

static void flip_byte(const char *name, struct bytes file, size_t place,
		      uint8_t mask)
{
	uint8_t *at = (uint8_t *)(uintptr_t)file.at;

	at[place] ^= mask;
	put(name, at, file.len);
	cr_expect_not(check(), "%s: byte %zu ^ %02x", name, place, mask);
	at[place] ^= mask;
}

/* So many bits of every byte, or of every so many. */
static void flip(const char *name, size_t step, unsigned bits)
{
	size_t len;
	uint8_t *at = (uint8_t *)get(name, &len);

	for (size_t i = 0; i < len; i += step)
		for (unsigned bit = 0; bit < bits; bit++)
			flip_byte(name, bytes_of(at, len), i,
				  (uint8_t)(1u << (bit + i) % 8));
	put(name, at, len);
	free(at);
}

Test(evidence, any_change_of_any_byte_is_noticed)
{
	static const char *const names[] = {
		"README.txt", "chain.json", "clock.json", "devices.json",
		"export.json", "gaps.json", "household.pub", "lists.json",
		"marks.json", "report.html", "rows.csv", "rows.jsonl",
	};

	export_usual();
	flip("MANIFEST", 1, 1);
	flip("MANIFEST.minisig", 1, 8);
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		flip(names[i], 101, 1);
	cr_expect(check(), "%s", told);
}

static void lengthen(const char *name, const char *more)
{
	size_t len;
	char *at = get(name, &len);
	char *longer = malloc(len + strlen(more));

	memcpy(longer, at, len);
	memcpy(longer + len, more, strlen(more));
	put(name, (uint8_t *)longer, len + strlen(more));
	cr_expect_not(check(), "%s is longer", name);
	put(name, (uint8_t *)at, len - 1);
	cr_expect_not(check(), "%s is shorter", name);
	put(name, (uint8_t *)at, len);
	free(longer);
	free(at);
}

Test(evidence, a_file_that_is_longer_or_shorter_is_noticed)
{
	static const char *const names[] = {
		"MANIFEST", "MANIFEST.minisig", "rows.csv", "README.txt",
	};

	export_usual();
	for (unsigned i = 0; i < 4; i++) {
		lengthen(names[i], "\n");
		lengthen(names[i], "\r\n");
	}
	cr_expect(check(), "%s", told);
}

Test(evidence, a_file_too_many_or_too_few_is_noticed)
{
	export_usual();
	put("more.txt", (const uint8_t *)"", 0);
	expect_wrong("2 more.txt: it is not in MANIFEST");
	cr_assert_eq(unlink(path_of("more.txt")), 0);
	put("\033[2J", (const uint8_t *)"", 0);
	expect_wrong("2 \\027[2J: it is not in MANIFEST");
	cr_assert_eq(unlink(path_of("\033[2J")), 0);
	cr_expect(check());
	cr_assert_eq(unlink(path_of("marks.json")), 0);
	expect_wrong("2 marks.json: it is missing");
	cr_assert_eq(symlink("rows.csv", path_of("marks.json")), 0);
	expect_wrong("2 marks.json: it is no plain file");
}

Test(evidence, without_a_signature_or_manifest_is_nothing)
{
	export_usual();
	cr_assert_eq(unlink(path_of("MANIFEST.minisig")), 0);
	expect_wrong("2 MANIFEST.minisig: it is missing");
	cr_assert_eq(unlink(path_of("MANIFEST")), 0);
	expect_wrong("2 MANIFEST: it is missing");
}

/* --- what was signed, and does not add up --- */

Test(evidence, a_block_that_was_changed_is_tampered_with)
{
	run("UPDATE block_data SET data = x'00' WHERE number = 30");
	export_usual();
	expect_wrong("2 chain.json: link 2: tampered with: its block is not "
		     "as it was sealed");
}

static void redact(unsigned gone)
{
	uint8_t hash[EVIDENCE_HASH];

	sha256_of("less", 4, hash);
	run("DELETE FROM tail WHERE number IN (11, 12, 13);"
	    "UPDATE block_data SET data = CAST('less' AS BLOB) "
	    "WHERE number = 10;"
	    "INSERT INTO redaction VALUES (1, 1, %llu, 'forget', %u, x'%s')",
	    (unsigned long long)END, gone, hex(hash));
}

Test(evidence, what_was_redacted_is_said_and_is_good)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;

	redact(3);
	cr_assert_eq(export(&options, &outcome), 0, "%s", words);
	cr_expect_eq(outcome.rows, ROWS - 3);
	cr_expect(check(), "%s", told);
	cr_expect_not_null(strstr(told, "1 chain.json: link 1: redacted on"),
			   "%s", told);
	cr_expect_not_null(strstr(told, "(forget): 3 of its 20 rows"), "%s",
			   told);
}

Test(evidence, rows_that_nobody_redacted_are_missed)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;

	redact(2);
	cr_assert_eq(export(&options, &outcome), 0, "%s", words);
	expect_wrong("2 rows.jsonl: of link 1 (rows 10 to 29) there are 17 "
		     "rows instead of 18");
}

Test(evidence, a_block_at_the_edge_of_the_time_is_not_counted)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;

	options.since = BEGIN + 60ull * SECOND;
	cr_assert_eq(export(&options, &outcome), 0, "%s", words);
	cr_expect_eq(outcome.rows, ROWS - 1);
	cr_expect(check(), "%s", told);
	cr_expect_not_null(strstr(told, "1 blocks lie"), "%s", told);
}

/* The household that drops a row of its own export and signs again. */
Test(evidence, a_row_that_was_dropped_before_signing_is_missed)
{
	size_t len;
	char *at, *next;

	export_usual();
	at = get("rows.jsonl", &len);
	next = strchr(at, '\n') + 1;
	put("rows.jsonl", (uint8_t *)next, len - (size_t)(next - at));
	free(at);
	sign_again();
	expect_wrong("of link 1 (rows 10 to 29) there are 19 rows instead of "
		     "20");
}

Test(evidence, what_is_no_row_is_told_with_its_line)
{
	export_usual();
	put("rows.jsonl", (const uint8_t *)"{\"number\":10}\n[]\n", 17);
	sign_again();
	expect_wrong("2 rows.jsonl:2: this row has no number");
	put("rows.jsonl", (const uint8_t *)"{\"number\":10}\nx\n", 16);
	sign_again();
	expect_wrong("2 rows.jsonl:2: this is no row");
	put("rows.jsonl", (const uint8_t *)"{\"number\":10}\n{\"number\":9}\n",
	    27);
	sign_again();
	expect_wrong("2 rows.jsonl:2: this row's number");
	put("chain.json", (const uint8_t *)"{\n\"a\"\n", 6);
	sign_again();
	expect_wrong("2 chain.json:");
}

/* --- making --- */

Test(evidence, of_one_device_has_only_its_rows)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;
	size_t len;
	char *at;

	options.device = "192.168.0.3";
	cr_assert_eq(export(&options, &outcome), 0, "%s", words);
	cr_expect_eq(outcome.rows, ROWS / 2);
	at = get("rows.csv", &len);
	cr_expect_null(strstr(at, "192.168.0.2"));
	free(at);
	at = get("report.html", &len);
	cr_expect_null(strstr(at, "192.168.0.2"));
	free(at);
	cr_expect(check(), "%s", told);
	cr_expect_not_null(strstr(told, "30 rows of one device"), "%s", told);
}

Test(evidence, of_an_address_that_is_of_no_device_has_its_rows)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;

	run("DELETE FROM device; DELETE FROM device_address");
	options.device = "192.168.0.3";
	cr_assert_eq(export(&options, &outcome), 0, "%s", words);
	cr_expect_eq(outcome.rows, ROWS / 2);
	cr_expect(check(), "%s", told);
	cr_expect_not_null(strstr(told, "30 rows of one device"), "%s", told);
}

Test(evidence, of_a_device_that_is_not_there_is_none)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;

	options.device = "nobody";
	cr_expect_eq(export(&options, &outcome), ERROR_ABSENT);
	cr_expect_not_null(strstr(words, "there is no device \"nobody\""));
	cr_expect_eq(access(folder, F_OK), -1);
}

Test(evidence, is_never_written_over)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;
	char temporary[160];

	cr_assert_eq(mkdir(folder, 0700), 0);
	cr_expect_eq(export(&options, &outcome), -EEXIST);
	cr_expect_str_empty(words);
	cr_assert_eq(rmdir(folder), 0);
	snprintf(temporary, sizeof(temporary), "%s.tmp", folder);
	cr_assert_eq(mkdir(temporary, 0700), 0);
	cr_expect_eq(export(&options, &outcome), -EEXIST);
	cr_expect_not_null(strstr(words, "evidence.tmp is in the way"));
}

static int refuse(void *context, struct bytes text, struct text *out)
{
	(void)context, (void)text, (void)out;
	return ERROR_REFUSED;
}

Test(evidence, that_failed_leaves_nothing)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;
	char temporary[160];

	options.sign = refuse;
	snprintf(temporary, sizeof(temporary), "%s.tmp", folder);
	cr_expect_eq(export(&options, &outcome), ERROR_REFUSED);
	cr_expect_eq(access(folder, F_OK), -1);
	cr_expect_eq(access(temporary, F_OK), -1);
}

Test(evidence, a_page_shows_what_strangers_wrote_as_text)
{
	size_t len;
	char *at;

	export_usual();
	at = get("report.html", &len);
	cr_expect_null(strstr(at, "<b>&"));
	cr_expect_null(strstr(at, "<i>it"));
	cr_expect_null(strstr(at, "<boot>"));
	cr_expect_not_null(strstr(at, "plugged &lt;i&gt;it&lt;/i&gt; in"));
	cr_expect_null(strstr(at, "://"));
	cr_expect_null(strstr(at, "<script"));
	free(at);
}

/* Whatever stands in the tables: an export, or an error, and no more. */
Test(evidence, of_a_journal_of_nonsense_is_made_or_refused)
{
	struct evidence_options options = usual();
	struct evidence_outcome outcome;

	run("UPDATE chain SET hash = x'01', sealed = x'', from_time = -5, "
	    "until_time = 9223372036854775807 WHERE link = 1;"
	    "UPDATE image SET time = 9223372036854775807, inputs = "
	    "zeroblob(999);"
	    "UPDATE clock SET step = -9223372036854775807 - 1, time = -1;"
	    "UPDATE gap SET count = -1, from_time = -1;"
	    "UPDATE mark SET label = CAST(x'ff3c623e' AS TEXT), mode = NULL;"
	    "INSERT INTO redaction VALUES (1, 1, -1, '\033', -9, x'00');"
	    "UPDATE tail SET time = 9223372036854775807 WHERE number = 69");
	if (export(&options, &outcome) == 0)
		cr_expect_not(check());
}

/*
 * A fuzz target without a fuzzer: every file that is named, and every file in
 * every folder that is named, goes through it once.  So `make check` keeps
 * what a fuzzer once found from coming back, with any compiler.
 *
 * Each file is copied to memory of just its size, so that AddressSanitizer
 * sees a read past its end.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned files;

static void fail(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

static void run_file(const char *path, size_t size)
{
	FILE *stream = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);

	if (!stream || !data || fread(data, 1, size, stream) != size)
		fail(path);
	fclose(stream);
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	files++;
}

static void run(const char *path);

static void run_folder(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	if (count < 0)
		fail(path);
	for (int i = 0; i < count; i++) {
		char inner[4096];

		snprintf(inner, sizeof(inner), "%s/%s", path,
			 entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			run(inner);
		free(entries[i]);
	}
	free(entries);
}

static void run(const char *path)
{
	struct stat about;

	if (stat(path, &about) < 0)
		fail(path);
	if (S_ISDIR(about.st_mode))
		run_folder(path);
	else
		run_file(path, (size_t)about.st_size);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	if (!files) {
		fprintf(stderr, "usage: %s FILE|FOLDER...\n", argv[0]);
		return 1;
	}
	printf("%u inputs\n", files);
	return 0;
}

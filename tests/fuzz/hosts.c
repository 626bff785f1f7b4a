/*
 * A file that says it is hosts(5): what is found are addresses of the house.
 */
#include "device/hosts.h"
#include "leases_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(struct bytes text, int64_t now, struct founds *founds)
{
	(void)now;
	hosts_read(text, founds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return leases_try(data, size, take);
}

/*
 * The leases that Kea has written down, or what says it is that.
 */
#include "device/leases.h"
#include "leases_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return leases_try(data, size, leases_read_kea);
}

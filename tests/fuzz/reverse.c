/*
 * A datagram that says it is the router's: the question's address in the first
 * byte, then the answer.  A name is plain, or there is none.
 */
#include <stdlib.h>

#include "device/reverse.h"
#include "dns/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct question question = { .type = TYPE_PTR, .class = CLASS_IN };
	uint8_t raw[4] = { 10, 0, 0, 0 };
	char name[FOUND_NAME], again[FOUND_NAME];
	struct address address;
	int error;

	if (size == 0)
		return 0;
	raw[3] = data[0];
	address_from_raw(&address, raw, sizeof(raw), 0);
	reverse_name(&address, &question.name);
	error = reverse_read(bytes_of(data + 1, size - 1), &question, name);
	if (error < 0 && name[0] != '\0')
		abort();
	if (name[0] != '\0' && !found_name(bytes_of_string(name), again))
		abort();
	return 0;
}

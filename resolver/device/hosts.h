/*
 * hosts: names of addresses as hosts(5) has them: ADDRESS NAME [NAME...].
 */
#ifndef DEVICE_HOSTS_H
#define DEVICE_HOSTS_H

#include "base/bytes.h"
#include "device/found.h"

/*
 * The first name of the first line of each address that can be a device's of
 * this house (address_is_private, not this machine itself) goes to `founds`.
 * Any bytes; what is no such line is passed over.
 */
void hosts_read(struct bytes text, struct founds *founds);

#endif

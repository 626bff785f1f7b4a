/*
 * dnsmasq: as its manual has it.
 */
#include "heard.h"

Test(dnsmasq, names)
{
	static const struct heard_row rows[] = {
		{ "local=/a.com/\nserver=/b.com/\naddress=/c.com/",
		  "block subtree a.com = nxdomain\n"
		  "block subtree b.com = nxdomain\n"
		  "block subtree c.com = nxdomain\n", 0 },
		{ "address=/a.com/#\naddress=/b.com/0.0.0.0\n"
		  "address=/c.com/::\naddress=/d.com/127.0.0.1",
		  "block subtree a.com = null\nblock subtree b.com = null\n"
		  "block subtree c.com = null\n"
		  "block subtree d.com = loopback\n", 0 },
		{ "address=/a.com/192.0.2.1\naddress=/b.com/2001:db8::1",
		  "rewrite subtree a.com = A 192.0.2.1\n"
		  "rewrite subtree b.com = AAAA 2001:db8::1\n", 0 },
		{ "server=/a.com/#\nserver=/b.com/1.2.3.4#53\n"
		  "server=/c.com/127.0.0.1",
		  "pass subtree a.com : standard-servers\n"
		  "forward subtree b.com : 1.2.3.4#53\n"
		  "forward subtree c.com : 127.0.0.1\n", 0 },
		{ "address=/a.com/b.com/.c.com/1.2.3.4",
		  "rewrite subtree a.com = A 1.2.3.4\n"
		  "rewrite subtree b.com = A 1.2.3.4\n"
		  "rewrite subtree c.com = A 1.2.3.4\n", 0 },
		{ "local=/*.a.com/\nlocal=/*ads.b.com/\nlocal=/*x/c.com/\n"
		  "address=/#/0.0.0.0",
		  "block subdomains a.com = nxdomain\n"
		  "block suffix ads.b.com = nxdomain\n"
		  "block suffix x = nxdomain\n"
		  "block subtree c.com = nxdomain\nblock subtree . = null\n",
		  0 },
		{ "local=/fe/", "block subtree fe = nxdomain\n", 0 },
	};

	HEARD(rows, LIST_FORMAT_DNSMASQ);
}

Test(dnsmasq, lines)
{
	static const struct heard_row rows[] = {
		{ "\xef\xbb\xbf# x\r\n local = /A.com/ # x\r\n",
		  "block subtree a.com = nxdomain\n", 0 },
		{ "address=/a.com/#\t# x", "block subtree a.com = null\n", 0 },
		{ "bogus-nxdomain=1.2.3.4\nignore-address=2001:db8::/32\n"
		  "bogus-nxdomain=1.2.3.4/8",
		  "block ip 1.2.3.4 = nxdomain\n"
		  "block ip 2001:db8::/32 = drop\n"
		  "block ip 1.0.0.0/8 = nxdomain\n", 0 },
		{ "host-record=a.com,b.com,1.2.3.4,::1,60",
		  "rewrite exact a.com = A 1.2.3.4\n"
		  "block exact a.com = loopback\n"
		  "rewrite exact b.com = A 1.2.3.4\n"
		  "block exact b.com = loopback\n", 0 },
		{ "cname=a.com,b.com, C.com",
		  "rewrite exact a.com = CNAME c.com\n"
		  "rewrite exact b.com = CNAME c.com\n", 0 },
	};

	HEARD(rows, LIST_FORMAT_DNSMASQ);
}

Test(dnsmasq, what_is_no_rule)
{
	static const struct heard_row rows[] = {
		{ "log-queries\nserver=1.2.3.4\nport=5353\na.com\n||a.com^",
		  "", 5 },
		{ "address=/a.com/1.2.3.4 baidu maps\naddress=/a.com/x\n"
		  "local=/a.com\nlocal=/\nlocal=//\nlocal=/a..com/\nlocal=/*/",
		  "", 7 },
		{ "bogus-nxdomain=x\nbogus-nxdomain=1.2.3.4/33\n"
		  "server=/1.2.3.0/24", "", 3 },
		{ "cname=a.com\ncname=\ncname=a.com,!\nhost-record=a!,1.2.3.4",
		  "", 3 },
		{ "local=/a.com/b!/c.com/", "block subtree a.com = nxdomain\n",
		  1 },
	};

	HEARD(rows, LIST_FORMAT_DNSMASQ);
}

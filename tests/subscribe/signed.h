/*
 * signed: a text, two keys, and what minisign 0.11 made of them.
 */
#ifndef TESTS_SUBSCRIBE_SIGNED_H
#define TESTS_SUBSCRIBE_SIGNED_H

#define SIGNED_TEXT "track.example\nmeter.example\n"

/* Key 8068C4BEF70B2BE8, and A20002676322D2D3 of somebody else. */
#define SIGNED_KEY "RWToKwv3vsRogPrRYwv/wyC0IPxGzremG8Wdhy2Mxh9UUSwfhv30ZFep"
#define SIGNED_OTHER_KEY \
	"RWTT0iJjZwIAolYzv/D+zznsALBF2eO+JDZGZCM1WyWWC7atICCS3B3r"

#define SIGNED_UNTRUSTED \
	"untrusted comment: signature from minisign secret key\n"

/* Over the digest: "ED", what minisign makes today. */
#define SIGNED_PART \
	"RUToKwv3vsRogCN8iCK63QQc9X3T55lB3tfw/ogQwSYdB6GTy6pQilOYM/8i1X55QX" \
	"sQLN9ji967+HaLGk5eU2kmAmUXKOp7Xw0=\n"
#define SIGNED_COMMENT "trusted comment: homebound test\n"
#define SIGNED_GLOBAL \
	"HgA4/vYABzSa4hdh0xETU5A0KbbJ6QAKd0JEiGhiTUwP4yKO2899uDn0NxsH+1WzZ+" \
	"5pxEoEIDGz7fUb+TcQCw==\n"
#define SIGNED_SIGNATURE \
	SIGNED_UNTRUSTED SIGNED_PART SIGNED_COMMENT SIGNED_GLOBAL

/* Over the text itself: "Ed". */
#define SIGNED_LEGACY \
	SIGNED_UNTRUSTED \
	"RWToKwv3vsRogBR4LtkHXOhk6SD9y/2jC3DfDqklQNFOIfCLWwFJCTeQEzjGX+pVPO" \
	"yvmJu9Mal7ZpgibCzd1OzEPOeN2ZUofwY=\n" SIGNED_COMMENT \
	"qGW/HOYkdcdWMyV0f79an9KhitgRvO6RjUssAgB5SksKmup8j+AlglErrNL7YxAmhU" \
	"84g9NS0NTsUSM8ei/BAw==\n"

#define SIGNED_BY_OTHER \
	SIGNED_UNTRUSTED \
	"RUTT0iJjZwIAomW9kD4FZDYQ+4stdKRhmEumhREv/qIYk2L6YGnEKU4JSDXrfZEpVh" \
	"vC18YQDLwZg4CWRVU784piNqz/jyvjjgM=\ntrusted comment: another\n" \
	"jpNdYSxtoEF3nDLOE6YXyxjsg8mXJ6UwTIlTizQef+36ggSd5Ii21hhavNUbZu50K4" \
	"cgZBG5P3EdOEyzpj7pCA==\n"

#endif

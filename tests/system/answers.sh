#!/usr/bin/env bash
# The main job: listed names are sunk, the rest is forwarded, all is logged.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
configure
start_homebound

is "a listed name gets the sink address" "$(short upload.example A)" 192.0.2.250
is "and the sink's IPv6 address" "$(short upload.example AAAA)" 2001:db8::250
answer=$(ask upload.example MX)
has "another type gets NODATA" "$answer" 'status: NOERROR'
has "with an SOA" "$answer" 'upload.example. +7 +IN +SOA'
has "the sink's TTL is as configured" "$(ask upload.example A)" 'upload.example. +7 +IN +A'
is "the name above a listed one is not listed" \
	"$(ask example A | grep -c 192.0.2.250)" 0
is "nor one below it, in a plain list" "$(short x.tracker.house.test A)" ""

is "an unlisted name is forwarded" "$(short www.house.test A)" 192.0.2.10
is "from the cache too" "$(short www.house.test A)" 192.0.2.10
is "over TCP" "$(short +tcp www.house.test AAAA)" 2001:db8::10
is "a sunk name over TCP" "$(short +tcp upload.example A)" 192.0.2.250
has "a name that is not there" "$(ask nothing.house.test A)" 'status: NXDOMAIN'
has "any type is carried through" "$(short odd.house.test TYPE65280)" '0A000001|A000001'
has "HTTPS records too" "$(short svc.house.test HTTPS)" 'alpn=h2'
has "the question's case is kept" "$(ask wWw.HousE.test A)" 'wWw.HousE.test. +IN +A'
has "and that of a sunk name" "$(ask UpLoad.Example A)" 'UpLoad.Example. +7'

answer=$(ask +noedns upload.example A)
has_not "no EDNS in the answer to a query without" "$answer" EDNS
answer=$(ask +edns upload.example A)
has "EDNS in the answer to a query with it" "$answer" 'UDP size: 1232'
has "an extended error names the list" "$answer" 'EDE: 15 .Blocked.*phone-home'
has "BADVERS for a version of EDNS to come" "$(ask +edns=1 www.house.test A)" BADVERS
answer=$(ask +dnssec www.house.test A)
has "DO is echoed" "$answer" 'flags: do'
has "zone transfers are refused" "$(ask +tcp house.test AXFR 2>&1)" 'REFUSED'

answer=$(ask +ignore +bufsize=1232 big.house.test TXT)
has "what does not fit is truncated" "$answer" 'flags: qr tc|qr.* tc'
is "and comes whole over TCP" "$(short +tcp big.house.test TXT | wc -l)" 40
answer=$(ask +ignore +noedns big.house.test TXT)
has "512 bytes without EDNS" "$answer" 'Received [1-4]?[0-9]?[0-9] B'

is "a listed name behind an alias is sunk" "$(short alias.house.test A)" 192.0.2.250
is "from the cache as well" "$(short alias.house.test A)" 192.0.2.250
is "behind two aliases" "$(short twice.house.test A | tail -n 1)" 192.0.2.250
is "a clean alias is not" "$(short clean.house.test A | tail -n 1)" 192.0.2.10

log=$(hb log)
has "the journal has the sunk name, its list and line" "$log" \
	'upload.example.*sunk.*phone-home:3'
has "the forwarded one, with who answered" "$log" "www.house.test.*127.0.0.1.*$upstream"
has "the alias it was sunk through" "$log" 'alias.house.test.*tracker.house.test'
has "the client" "$log" '127\.0\.0\.1'
json=$(hb log --json --name upload.example)
has "as JSON" "$json" '"verdict": ?"sunk"'
is "each line of it a document" "$(echo "$json" | python3 -c '
import json, sys
print(all(json.loads(line) for line in sys.stdin))')" True
has "as CSV" "$(hb log --csv)" '^[^,]+,.*,upload.example,'
has "as lines for syslog" "$(hb log --syslog --name upload.example)" '^query=upload.example type=A client=127.0.0.1 .*verdict=sunk'
is "a filter by verdict" "$(hb log --verdict sunk --csv | grep -c www.house.test)" 0
is "by client" "$(hb log --client 10.0.0.0/8 --json | wc -l)" 0
is "by time to come" "$(hb log --since 2099-01-01 --json | wc -l)" 0
is "by name and below" "$(hb log -n 1000 --name house.test --csv | grep -c upload)" 0
has "by the last minutes" "$(hb log --since 10m)" upload.example

# What a shell starts in the background ignores Ctrl-C.
env --default-signal=INT "$HOMEBOUND" log -c "$dir/homebound.conf" --follow \
	--name follow.wild.house.test > "$dir/follow" &
follow=$!
short follow.wild.house.test > /dev/null
await grep -q follow.wild "$dir/follow"
has "log --follow shows what comes" "$(cat "$dir/follow")" 'follow.wild.house.test +pass'
kill -INT $follow
wait $follow
is "and Ctrl-C ends it with 0" $? 0
has "status counts" "$(hb status)" 'sunk +[1-9]'
has "why tells the list and the line" "$(hb why upload.example)" 'phone-home'
has "and the line's text" "$(hb why upload.example)" 'upload.example'
has "and what passes" "$(hb why www.house.test)" 'forward|pass|no rule'
stop_homebound
is "SIGTERM ends it with 0" $? 0
has "the log can be read when it does not run" "$(hb log)" upload.example
hb status > "$dir/out" 2>&1
is "status says with 3 that nobody runs" $? 3
finish

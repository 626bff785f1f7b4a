#!/usr/bin/env bash
# A reload loses no query, and what is wrong leaves the old world running.
. "${SRCDIR:-.}/tests/system/lib.sh"
need dnsperf
begin
start_upstream
configure
start_homebound
is "before: not listed" "$(short www.house.test A)" 192.0.2.10

# Enough names that the compiler is at work for a while.
awk 'BEGIN { for (i = 0; i < 300000; i++) print "n" i ".d" i % 999 ".example" }' > "$dir/many"
cat "$dir/many" >> "$dir/list.txt"
echo www.house.test >> "$dir/list.txt"
awk 'BEGIN { for (i = 0; i < 3000; i++) print "w" i ".wild.house.test A\nupload.example A" }' > "$dir/q"
dnsperf -s 127.0.0.1 -p "$port" -d "$dir/q" -l 6 -c 4 -q 50 -Q 5000 > "$dir/perf.log" 2>&1 &
perf=$!
for round in 1 2 3; do
	echo "# $round" >> "$dir/list.txt"
	hb reload > "$dir/out" 2>&1
	is "reload $round under load" $? 0
done
wait $perf
is "no query was lost" "$(sed -n 's/.*Queries lost: *\([0-9]*\).*/\1/p' "$dir/perf.log")" 0
is "the added name is sunk at once, though it was cached" \
	"$(short www.house.test A)" 192.0.2.250
has "reload tells what it did" "$(cat "$dir/out")" 'phone-home.*rules'

cp "$dir/homebound.conf" "$dir/good.conf"
echo 'upstraems = ();' >> "$dir/homebound.conf"
hb reload > "$dir/out" 2>&1
is "a wrong configuration is an error" $? 1
has "which names the line and what would be right" "$(cat "$dir/out")" \
	'homebound.conf:[0-9]+: .*upstraems.*upstreams'
is "the old world answers" "$(short upload.example A)" 192.0.2.250
cp "$dir/good.conf" "$dir/homebound.conf"

cp "$dir/list.txt" "$dir/kept.txt"
echo '<!DOCTYPE html><html>Sign in to the hotel</html>' > "$dir/list.txt"
hb reload > "$dir/out" 2>&1
has "a page instead of a list is named" "$(cat "$dir/out")" 'HTML'
is "the last good version stays" "$(short upload.example A)" 192.0.2.250
rm "$dir/list.txt"
hb reload > "$dir/out" 2>&1
is "a list that is gone leaves the last good version" "$(short upload.example A)" 192.0.2.250
grep -v '^www.house.test$' "$dir/kept.txt" > "$dir/list.txt"
kill -HUP "$homebound_pid"
await sh -c "kdig +short @127.0.0.1 -p $port www.house.test | grep -q 192.0.2.10"
is "SIGHUP reloads; a name that is taken out is free" "$(short www.house.test A)" 192.0.2.10

sed -i 's/192.0.2.250/192.0.2.251/' "$dir/homebound.conf"
hb reload > "$dir/out" 2>&1
is "the sink changes with a reload" "$(short upload.example A)" 192.0.2.251
finish

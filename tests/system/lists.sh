#!/usr/bin/env bash
# What a list does with its names, and which list wins.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
for action in nxdomain nodata null refuse drop allow observe; do
	printf '%s\n' "$action.wild.house.test" > "$dir/$action.txt"
done
printf '0.0.0.0 hosts.wild.house.test\n127.0.0.1 localhost\n' > "$dir/hosts.txt"
printf '# All domains and their subdomains should be blocked\ntree.wild.house.test\n' > "$dir/tree.txt"
printf '%s\n' below.wild.house.test > "$dir/yes.txt"
printf '%s\n' up.allow.wild.house.test allow.wild.house.test \
	alias.house.test > "$dir/list.txt"
echo alias.house.test >> "$dir/allow.txt"
echo tracker.house.test >> "$dir/list.txt"
configure
entry() { printf '{ name = "%s"; source = "%s/%s.txt"; action = "%s"; %s }' \
	"$1" "$dir" "$1" "$2" "${3:-}"; }
cat >> "$dir/homebound.conf" <<END
cache = { size = "1M"; };
END
{
	echo "lists = ( { name = \"list\"; source = \"$dir/list.txt\"; },"
	for action in nxdomain nodata null refuse drop allow observe; do
		echo "$(entry "$action" "$action"),"
	done
	echo "$(entry hosts sink), $(entry tree sink), $(entry yes sink 'subdomains = "yes";') );"
} > "$dir/lists"
sed -i -e "/^lists/{r $dir/lists
d}" "$dir/homebound.conf"
hb check > "$dir/check" 2>&1
is "the configuration is good" $? 0
start_homebound

has "nxdomain" "$(ask nxdomain.wild.house.test)" 'status: NXDOMAIN'
has "nxdomain has an SOA" "$(ask nxdomain.wild.house.test)" 'SOA'
answer=$(ask nodata.wild.house.test)
has "nodata" "$answer" 'status: NOERROR'
has_not "nodata has no address" "$answer" 'IN +A +[0-9]'
is "null" "$(short null.wild.house.test A)" 0.0.0.0
is "null, IPv6" "$(short null.wild.house.test AAAA)" '::'
has "refuse" "$(ask refuse.wild.house.test)" 'status: REFUSED'
has "drop" "$(ask +timeout=1 drop.wild.house.test 2>&1)" 'timeout|no response|not received|failed'
is "observe forwards" "$(short observe.wild.house.test A)" 192.0.2.77
is "an allow list wins over one that sinks" "$(short allow.wild.house.test A)" 192.0.2.77
is "but only for its own name" "$(short up.allow.wild.house.test A)" 192.0.2.250
is "a name that is allowed is not sunk through its alias" \
	"$(short alias.house.test A | tail -n 1)" 192.0.2.66
is "a hosts line" "$(short hosts.wild.house.test A)" 192.0.2.250
is "is exact" "$(short a.hosts.wild.house.test A)" 192.0.2.77
is "a list whose header says so covers what is below" "$(short a.b.tree.wild.house.test A)" 192.0.2.250
is "so does one with subdomains = yes" "$(short a.below.wild.house.test A)" 192.0.2.250
log=$(hb log)
has "the dropped query is in the journal" "$log" 'drop.wild.house.test.*(sunk|drop)'
has "the observed one says so" "$log" 'observe.wild.house.test.*observe'
has "the allowed one says so" "$log" 'allow.wild.house.test.*allow'
has "why explains who won" "$(hb why allow.wild.house.test)" 'allow'
finish

#!/usr/bin/env bash
# Rules that bring their answer, and rules that are no names.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
printf '%s\n' '||nx.wild.house.test^$dnsrewrite=NXDOMAIN' \
	'||four.wild.house.test^$dnsrewrite=192.0.2.44' \
	'||six.wild.house.test^$dnsrewrite=NOERROR;AAAA;2001:db8::66' \
	'||name.wild.house.test^$dnsrewrite=www.house.test' \
	'||mail.wild.house.test^$dnsrewrite=NOERROR;MX;10 mx.house.test' \
	'||text.wild.house.test^$dnsrewrite=NOERROR;TXT;hello' \
	'||refused.wild.house.test^$dnsrewrite=REFUSED' \
	'||back.wild.house.test^$dnsrewrite=192.0.2.45' \
	'@@||back.wild.house.test^$dnsrewrite' \
	'||only.wild.house.test^$dnstype=AAAA' \
	'||someone.wild.house.test^$client=127.0.0.2' \
	'||deny.wild.house.test^$denyallow=ok.deny.wild.house.test' \
	'/^ads?[0-9]+\.wild\.house\.test$/' '||track*.wild.house.test^' \
	'||192.0.2.66^' > "$dir/list.txt"
printf '%s\n' '192.0.2.51 box.wild.house.test' '2001:db8::51 box.wild.house.test' \
	'192.0.2.52 four-only.wild.house.test' '0.0.0.0 zero.wild.house.test' > "$dir/hosts.txt"
printf '%s\n' '(^|\.)pi[0-9]+\.wild\.house\.test$' '^aaaa\.wild\.house\.test$;querytype=AAAA' \
	'^reply\.wild\.house\.test$;reply=192.0.2.99' > "$dir/regex.txt"
printf '%s\n' 'address=/masq.wild.house.test/192.0.2.53' 'address=/off.wild.house.test/' > "$dir/masq.txt"
configure
cat > "$dir/lists" <<END
lists = ( { name = "rules"; source = "$dir/list.txt"; format = "adblock"; },
          { name = "hosts"; source = "$dir/hosts.txt"; },
          { name = "regex"; source = "$dir/regex.txt"; format = "regex"; },
          { name = "masq"; source = "$dir/masq.txt"; format = "dnsmasq"; } );
END
sed -i -e "/^lists/{r $dir/lists
d}" "$dir/homebound.conf"
start_homebound
w=wild.house.test

has "\$dnsrewrite=NXDOMAIN" "$(ask nx.$w)" NXDOMAIN
is "an address" "$(short four.$w A)" 192.0.2.44
has "and no data of the other kind" "$(ask four.$w AAAA)" 'NOERROR'
is "with none in it" "$(short four.$w AAAA)" ''
is "an IPv6 address" "$(short six.$w AAAA)" 2001:db8::66
is "a name, with what it has" "$(short name.$w A)" "$(printf 'www.house.test.\n192.0.2.10')"
is "an MX" "$(short mail.$w MX)" '10 mx.house.test.'
is "a TXT" "$(short text.$w TXT)" '"hello"'
has "an rcode" "$(ask refused.$w)" REFUSED
is "an exception takes a rewrite back" "$(short back.$w A)" 192.0.2.77
has "the answer says that it was made up" "$(ask +edns four.$w A)" 'EDE: 4'
is "a rule for one type" "$(short only.$w AAAA)" 2001:db8::250
is "is not for others" "$(short only.$w A)" 192.0.2.77
is "a rule for one client" "$(kdig +short -b 127.0.0.2 @127.0.0.1 -p "$port" someone.$w A)" 192.0.2.250
is "is not for others" "$(short someone.$w A)" 192.0.2.77
is "a name that is spared" "$(short ok.deny.$w A)" 192.0.2.77
is "below one that is not" "$(short x.deny.$w A)" 192.0.2.250
is "a regular expression" "$(short ad12.$w A)" 192.0.2.250
is "that does not match" "$(short ad.$w A)" 192.0.2.77
is "a pattern" "$(short tracking.$w A)" 192.0.2.250
is "an address in an answer" "$(short tracker.house.test A)" 192.0.2.250
is "also behind an alias" "$(short alias.house.test A)" 192.0.2.250

is "hosts: the address of the line" "$(short box.$w A)" 192.0.2.51
is "hosts: both kinds" "$(short box.$w AAAA)" 2001:db8::51
is "hosts: one kind alone" "$(short four-only.$w A)" 192.0.2.52
is "hosts: has no other" "$(short four-only.$w AAAA)" ''
is "hosts: 0.0.0.0 sinks" "$(short zero.$w A)" 192.0.2.250

is "Pi-hole: a regular expression" "$(short a.pi9.$w A)" 192.0.2.250
is "Pi-hole: for one type" "$(short aaaa.$w AAAA)" 2001:db8::250
is "Pi-hole: not for others" "$(short aaaa.$w A)" 192.0.2.77
is "Pi-hole: with a reply" "$(short reply.$w A)" 192.0.2.99
is "dnsmasq: an address" "$(short a.masq.$w A)" 192.0.2.53
has "dnsmasq: none" "$(ask off.$w A)" 'NXDOMAIN|NOERROR'
has "the journal calls it rewritten" "$(hb log)" "four.$w +rewritten"
has "status counts it" "$(hb status)" 'what a rule says +[1-9]'
has "why shows what is answered" "$(hb why four.$w)" 'A: 192.0.2.44'
finish

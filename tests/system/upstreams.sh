#!/usr/bin/env bash
# Upstreams that are slow, silent, gone, many, or ourselves.
. "${SRCDIR:-.}/tests/system/lib.sh"
need unbound
begin
start_upstream
other=$(free_port)
silent=$(free_port)
cat > "$dir/unbound.conf" <<END
server:
  interface: 127.0.0.1
  port: $other
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "$dir"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
  domain-insecure: "test."
  local-zone: "test." nodefault
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@$upstream
END
unbound -d -c "$dir/unbound.conf" > "$dir/unbound.log" 2>&1 &
pids+=($!)
await sh -c "kdig +short +timeout=1 @127.0.0.1 -p $other www.house.test | grep -q 192"

# One that takes questions and says nothing.
python3 -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', $silent))
while True: s.recv(4096)" &
pids+=($!)

servers() { # ADDRESS...
	local list='' one
	for one; do list="$list${list:+, }{ address = \"$one\"; }"; done
	configure
	sed -i "s/^upstreams.*/upstreams = ( $list );/" "$dir/homebound.conf"
}

servers "127.0.0.1:$silent" "127.0.0.1:$other"
start_homebound
is "a silent server is passed over" "$(short www.house.test A)" 192.0.2.10
is "through unbound, over TCP where it must" "$(short +tcp big.house.test TXT | wc -l)" 40
has "AD and records as unbound gives them" "$(ask +dnssec www.house.test A)" 'NOERROR'
has "the silent one is said to be down, in time" "$(
	for i in 1 2 3 4 5; do short "n$i.wild.house.test" > /dev/null; done
	hb status)" "127.0.0.1:$silent +down"
stop_homebound

dead=$(free_port)
servers "127.0.0.1:$dead" "127.0.0.1:$upstream"
start_homebound
is "a server that is not there is passed over" "$(short www.house.test A)" 192.0.2.10
kill "$upstream_pid"
wait "$upstream_pid"
answer=$(ask +timeout=8 +edns later.house.test A)
has "when nobody answers: SERVFAIL" "$answer" 'status: SERVFAIL'
has "with an extended error" "$answer" 'EDE: 2[23]'
is "what is cached is still answered" "$(short www.house.test A)" 192.0.2.10
is "and what is listed" "$(short upload.example A)" 192.0.2.250
has "the failure is in the journal" "$(hb log)" 'later.house.test.*SERVFAIL'
start_upstream
await sh -c "kdig +short +timeout=6 @127.0.0.1 -p $port back.wild.house.test | grep -q 192.0.2.77"
is "and when it is back it is asked again" "$(short back2.wild.house.test A)" 192.0.2.77
stop_homebound

# Two that ask each other.
twin=$(free_port)
mkdir "$dir/twin"
servers "127.0.0.1:$twin" "127.0.0.1:$upstream"
sed "s,$dir/,$dir/twin/,g" "$dir/homebound.conf" > "$dir/twin/homebound.conf"
sed -i "s/^upstreams.*/upstreams = ( { address = \"127.0.0.1:$port\"; } );/; s/^listen.*/listen = [ \"127.0.0.1:$twin\" ];/" "$dir/twin/homebound.conf"
cp "$dir/list.txt" "$dir/twin/list.txt"
"$HOMEBOUND" serve -c "$dir/twin/homebound.conf" > "$dir/twin.log" 2>&1 &
pids+=($!)
await "$HOMEBOUND" status -c "$dir/twin/homebound.conf"
start_homebound
await grep -q circle "$dir/homebound.log"
has "a circle is noticed and named" "$(cat "$dir/homebound.log")" "127.0.0.1:$twin .*circle"
has "status shows it" "$(hb status)" "127.0.0.1:$twin +left out"
is "and it answers by the other one" "$(short www.house.test A)" 192.0.2.10
stop_homebound

configure
sed -i "s/^upstreams.*/upstreams = ( { address = \"127.0.0.1:$port\"; } );/" "$dir/homebound.conf"
hb check > "$dir/out" 2>&1
is "an upstream that is ourselves is refused" $? 1
has "and named" "$(cat "$dir/out")" "127.0.0.1:$port"
finish

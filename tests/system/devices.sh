#!/usr/bin/env bash
# Devices: who is behind an address, from the neighbour table, from leases,
# hosts and the router, and what it is called; while the daemon runs.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
need python3 kdig
printf '0 02:00:5e:00:00:07 192.168.77.7 telly *\n' > "$dir/leases"
printf '127.0.0.1 localhost\n192.168.77.8 printer.lan printer\n' > "$dir/hosts"

# A router that knows one name.
cat > "$dir/router.py" <<'END'
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], int(sys.argv[2])))
while True:
    q, who = s.recvfrom(4096)
    end = 12
    labels = []
    while q[end]:
        labels.append(q[end + 1:end + 1 + q[end]].decode().lower())
        end += 1 + q[end]
    kind = struct.unpack(">H", q[end + 1:end + 3])[0]
    question = q[12:end + 5]
    name = ".".join(labels)
    if kind == 12:
        print(name, flush=True)
    if kind == 12 and name == "9.77.168.192.in-addr.arpa":
        target = b"\x06camera\x03lan\0"
        rr = b"\xc0\x0c\0\x0c\0\1\0\0\0\x3c" + struct.pack(">H", len(target)) + target
        s.sendto(q[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + rr, who)
    else:
        s.sendto(q[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + question, who)
END

devices()
{
	hb device --csv | tr -d '\r'
}

# Until the list of devices has such a line.
await_device()
{
	await sh -c "'$HOMEBOUND' device --csv -c '$dir/homebound.conf' | grep -Eq '$1'"
}

run_tests()
{
	await_device 'telly'
	has "a lease" "$(devices)" ',telly,lease,02:00:5e:00:00:07,192.168.77.7,'
	has "a line of hosts" "$(devices)" ',printer.lan,hosts,,192.168.77.8,'
	has_not "hosts has no say about this machine" "$(devices)" 'localhost'
	has "this machine is one device" "$(devices | grep -c '127.0.0.1')" '^1$'
	has "by its name" "$(devices | grep 127.0.0.1)" ",$(hostname),hosts,"

	has "a name by hand" "$(hb device name telly 'Old telly')" 'telly is called Old telly from now on'
	has "is there at once" "$(devices)" ',Old telly,given,02:00:5e:00:00:07,'
	is "what is refused is answered once" \
		"$(hb device name printer.lan 'old TELLY' 2>&1; echo $?)" \
		"homebound: another device is called that: its name has to go first (homebound device forget-name)
1"
	has "and the daemon lives" "$(hb status)" 'journal'
	has "its history" "$(hb device show 192.168.77.7)" 'Old telly \(given\)'

	printf '0 02:00:5e:00:00:07 192.168.77.7 telly *\n0 02:00:5e:00:00:0a 192.168.77.10 fridge *\n' > "$dir/leases"
	hb reload > /dev/null
	await_device 'fridge'
	has "a lease that comes later" "$(devices)" ',fridge,lease,02:00:5e:00:00:0a,192.168.77.10,'
}

configure "devices = { leases = \"$dir/leases\"; hosts = \"$dir/hosts\"; };"
if [ "$(id -u)" != 0 ] || ! ip netns add "hb$$" 2> /dev/null ||
    ! ip netns exec "hb$$" true 2> /dev/null; then
	ip netns del "hb$$" 2> /dev/null
	start_homebound
	run_tests
	stop_homebound
	finish
fi

inside() { ip netns exec "hb$$" "$@"; }
inside ip link set lo up
inside ip link add outer address 02:00:5e:00:00:01 type veth peer name inner
inside ip link set inner up
inside ip link set outer up
inside ip addr add 192.168.77.1/24 dev outer
sed -i "s/127.0.0.1:$upstream/192.168.77.1:$upstream/" "$dir/homebound.conf"
# Not by the function: its subshell would be what is ended later.
ip netns exec "hb$$" python3 "$dir/router.py" 192.168.77.1 "$upstream" > "$dir/asked" 2> "$dir/router.log" &
pids+=($!)
inside ip neigh add 192.168.77.9 lladdr 02:00:5e:00:00:09 dev outer nud reachable
ip netns exec "hb$$" "$HOMEBOUND" serve -c "$dir/homebound.conf" >> "$dir/homebound.log" 2>&1 &
homebound_pid=$!
pids+=($homebound_pid)
await is_settled
run_tests

await_device 'camera'
has "a name from the router" "$(devices)" ',camera.lan,ptr,02:00:5e:00:00:09,192.168.77.9,'
is "it is asked once" "$(grep -c '^9.77.168.192' "$dir/asked")" 1
has_not "and not about this machine" "$(cat "$dir/asked")" '^1.77.168.192'

inside ip neigh replace 192.168.77.20 lladdr 02:00:5e:00:00:20 dev outer nud reachable
await_device '02:00:5e:00:00:20'
has "a neighbour that comes" "$(devices)" '02:00:5e:00:00:20,192.168.77.20,'
inside ip neigh replace fd00::20 lladdr 02:00:5e:00:00:20 dev outer nud reachable
await_device '192.168.77.20 fd00::20'
has "and its address of IPv6" "$(devices)" '02:00:5e:00:00:20,192.168.77.20 fd00::20,'
inside ip neigh replace 192.168.77.20 lladdr 02:00:5e:00:00:21 dev outer nud reachable
await_device '02:00:5e:00:00:21'
has "another device has the address" "$(devices)" '02:00:5e:00:00:21,192.168.77.20,'
has "which keeps what is its own" "$(devices)" '02:00:5e:00:00:20,fd00::20,'
has "and the time when it had it" "$(hb device show 02:00:5e:00:00:20)" \
	'[0-9:]{8}  2[0-9-]{9} [0-9:]{8}  192.168.77.20'
inside ip neigh replace 192.168.77.7 lladdr 02:00:5e:00:00:77 dev outer nud reachable
await_device '02:00:5e:00:00:77'
has "what the kernel sees goes before a lease" "$(devices)" ',,,02:00:5e:00:00:77,192.168.77.7,'

before=$(devices | wc -l)
kill -KILL $homebound_pid
wait $homebound_pid 2> /dev/null
ip netns exec "hb$$" "$HOMEBOUND" serve -c "$dir/homebound.conf" >> "$dir/homebound.log" 2>&1 &
homebound_pid=$!
pids+=($homebound_pid)
await is_settled
await_device 'fridge'
inside ip neigh replace 192.168.77.30 lladdr 02:00:5e:00:00:30 dev outer nud reachable
await_device '02:00:5e:00:00:30'
is "after a kill they are the same" "$(devices | wc -l)" $((before + 1))
kill -TERM $homebound_pid
wait $homebound_pid
is "and it ends well" $? 0
ip netns del "hb$$" 2> /dev/null
has "without a daemon" "$(hb device name 02:00:5e:00:00:30 Guest)" 'is called Guest from now on'
has "it is kept" "$(devices)" ',Guest,given,02:00:5e:00:00:30,'
finish

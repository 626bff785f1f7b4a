# lib.sh: what the system tests share: a folder of their own, real peers on
# free ports, and a way to say what was expected.  Sourced by bash.
#
#   begin                   a fresh folder in $dir, everything in it ends with us
#   start_upstream [OPTION] knotd with the zone house.test at $upstream
#   start_homebound         with $dir/homebound.conf, ready when it returns
#   ask NAME TYPE [...]     kdig at $port
#   is WHAT GOT EXPECTED    the two are the same
#   has WHAT TEXT PATTERN   grep -E finds it
#   finish                  how many passed; the exit code of the test
#
# HOMEBOUND is the program, SRCDIR the source tree; `make check` sets both.

set -u
HOMEBOUND=${HOMEBOUND:-$PWD/homebound}
SRCDIR=${SRCDIR:-.}
passed=0 failed=0 pids=()
PATH=$PATH:/usr/sbin:/sbin

begin()
{
	# On tmpfs, as the rings have to be; short, for the control socket.
	dir=$(mktemp -d "/dev/shm/homebound-XXXXXX") || exit 99
	chmod 755 "$dir"
	trap leave EXIT
	port=$(free_port)
	upstream=$(free_port)
}

leave()
{
	local pid
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	if [ "$failed" -gt 0 ]; then
		tail -n 40 "$dir"/*.log 2>/dev/null
	fi
	rm -rf "$dir"
}

# A port that nobody has, by UDP or TCP.  Kernel-chosen ports are above 32768.
free_port()
{
	local try hex
	while :; do
		try=$((10000 + RANDOM % 20000))
		hex=$(printf ':%04X' "$try")
		if ! cat /proc/net/{udp,tcp}{,6} | awk '{ print $2 }' |
		    grep -q "$hex\$"; then
			echo "$try"
			return
		fi
	done
}

# Until the command succeeds; 20 seconds at most.
await()
{
	local tries=400
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.05
	done
}

is()
{
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		echo "not ok - $1"
		printf '#      got: %s\n# expected: %s\n' "$2" "$3"
	fi
}

has()
{
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then
		passed=$((passed + 1))
		echo "ok - $1"
	else
		failed=$((failed + 1))
		echo "not ok - $1"
		printf '# no /%s/ in:\n' "$3"
		printf '%s\n' "$2" | sed 's/^/#   /' | head -n 30
	fi
}

has_not()
{
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then
		failed=$((failed + 1))
		echo "not ok - $1"
		printf '# there is /%s/ in:\n' "$3"
		printf '%s\n' "$2" | sed 's/^/#   /' | head -n 30
	else
		passed=$((passed + 1))
		echo "ok - $1"
	fi
}

finish()
{
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

# Without what a test needs it is skipped, which automake calls 77.
need()
{
	local tool
	for tool; do
		if ! command -v "$tool" >/dev/null; then
			echo "1..0 # skipped: there is no $tool"
			exit 77
		fi
	done
}

ask_at()
{
	local at=$1
	shift
	kdig +noidn +retry=0 +timeout=3 "@127.0.0.1" -p "$at" "$@" | tr '\t' ' '
}

ask()
{
	ask_at "$port" "$@"
}

short()
{
	ask +short "$@"
}

zone()
{
	cat <<-'END'
	$ORIGIN house.test.
	$TTL 300
	@ SOA ns host 1 3600 600 86400 60
	@ NS ns
	ns A 127.0.0.1
	www A 192.0.2.10
	www AAAA 2001:db8::10
	*.wild A 192.0.2.77
	alias CNAME tracker.house.test.
	clean CNAME www.house.test.
	twice CNAME alias.house.test.
	tracker A 192.0.2.66
	mail MX 10 www
	txt TXT "hello"
	svc HTTPS 1 . alpn=h2
	odd TYPE65280 \# 4 0A000001
	ttl2 2 A 192.0.2.2
	END
	# More than a datagram takes.
	local i
	for i in $(seq 40); do
		echo "big TXT \"$(printf 'x%.0s' $(seq 100))$i\""
	done
}

start_upstream()
{
	need knotd kdig
	local where=${1:-$upstream} name=${2:-knot}
	mkdir -p "$dir/$name"
	zone > "$dir/$name/zone"
	cat > "$dir/$name/conf" <<-END
	server:
	  listen: 127.0.0.1@$where
	  rundir: $dir/$name
	  udp-workers: 1
	  tcp-workers: 1
	  background-workers: 1
	database:
	  storage: $dir/$name
	zone:
	  - domain: house.test
	    file: $dir/$name/zone
	log:
	  - target: stderr
	    any: error
	END
	knotd -c "$dir/$name/conf" > "$dir/$name.log" 2>&1 &
	upstream_pid=$!
	pids+=("$upstream_pid")
	await sh -c "kdig +short +timeout=1 @127.0.0.1 -p $where www.house.test |
		grep -q 192.0.2.10" || echo "# knotd does not answer"
}

# The usual configuration; words given are lines added to it.
configure()
{
	[ -e "$dir/list.txt" ] || printf '%s\n' '# a list' tracker.house.test \
		upload.example > "$dir/list.txt"
	cat > "$dir/homebound.conf" <<-END
	listen = [ "127.0.0.1:$port" ];
	user = "";
	state = "$dir/state";
	control = "$dir/control";
	upstreams = ( { address = "127.0.0.1:$upstream"; } );
	sink = { address4 = "192.0.2.250"; address6 = "2001:db8::250"; ttl = 7; };
	lists = ( { name = "phone-home"; source = "$dir/list.txt"; } );
	END
	printf '%s\n' "$@" >> "$dir/homebound.conf"
}

hb()
{
	"$HOMEBOUND" "$@" -c "$dir/homebound.conf"
}

# Ready: it answers at the control socket and no list is being compiled.
is_settled()
{
	hb status --json | grep -q '"compiling": false'
}

start_homebound()
{
	"$HOMEBOUND" serve -c "$dir/homebound.conf" >> "$dir/homebound.log" 2>&1 &
	homebound_pid=$!
	pids+=("$homebound_pid")
	await is_settled || echo "# homebound does not come up"
}

# Ends it and tells its exit code.
stop_homebound()
{
	kill -TERM "$homebound_pid"
	wait "$homebound_pid"
}

#!/usr/bin/env bash
# Clients: who may ask, from which address the answer comes, and what TCP
# clients may do.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
configure 'tcp = { connections = 8; connections_per_client = 4; waiting = 16; idle = 1; };'
sed -i "s/^listen.*/listen = [ \"0.0.0.0:$port\", \"[::]:$port\" ];/" "$dir/homebound.conf"
start_homebound
is "over IPv6" "$(kdig +short @::1 -p "$port" upload.example A)" 192.0.2.250
is "over IPv6 and TCP" "$(kdig +short +tcp @::1 -p "$port" www.house.test A)" 192.0.2.10
is "replies leave from the address that was asked" \
	"$(kdig +short @127.0.0.53 -p "$port" upload.example A)" 192.0.2.250
has "an IPv6 client is in the journal" "$(hb log)" '::1'

cat > "$dir/tcp.py" <<'END'
import socket, struct, sys, time
port = int(sys.argv[1])

def query(name, number):
    q = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
    q += b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
    q += b"\0" + struct.pack(">HH", 1, 1)
    return struct.pack(">H", len(q)) + q

def connect():
    s = socket.create_connection(("127.0.0.1", port))
    s.settimeout(5)
    return s

def read(s, count):
    got, data = {}, b""
    while len(got) < count:
        more = s.recv(65536)
        if not more:
            break
        data += more
        while len(data) >= 2:
            n = struct.unpack(">H", data[:2])[0]
            if len(data) < 2 + n:
                break
            m, data = data[2:2 + n], data[2 + n:]
            got[struct.unpack(">H", m[:2])[0]] = m
    return got

s = connect()
s.sendall(b"".join(query("w%d.wild.house.test" % i, i) for i in range(100)))
print("pipelined", len(read(s, 100)))
for byte in query("upload.example", 7) + query("www.house.test", 8):
    s.sendall(bytes([byte]))
print("split", sorted(read(s, 2)))
s.shutdown(socket.SHUT_WR)
print("closed", s.recv(10))

s = connect()
s.sendall(query("half.wild.house.test", 9))
s.shutdown(socket.SHUT_WR)
print("half closed", sorted(read(s, 1)))

s = connect()
began = time.time()
print("idle", s.recv(10), time.time() - began < 4)

many = [connect() for i in range(6)]
for s in many:
    try:
        s.sendall(query("upload.example", 1))
    except OSError:
        pass
alive = 0
for s in many:
    try:
        alive += len(read(s, 1))
    except OSError:
        pass
print("limited", alive)
for s in many:
    s.close()

def flood():
    s = connect()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.settimeout(10)
    try:
        for i in range(200000):
            s.sendall(query("upload.example", i % 65536))
    except OSError:
        return True
    return False
print("a client that does not read is closed or held", flood() or True)
s = connect()
s.sendall(query("upload.example", 3))
print("and the others are served", sorted(read(s, 1)))
END
timeout 60 python3 "$dir/tcp.py" "$port" > "$dir/tcp.out" 2>&1
out=$(cat "$dir/tcp.out")
has "pipelined queries" "$out" '^pipelined 100'
has "length and query split into bytes" "$out" '^split \[7, 8\]'
has "the end of a client is the end of the connection" "$out" "^closed b''"
has "a client that has said all still gets its answer" "$out" '^half closed \[9\]'
has "an idle client is closed" "$out" "^idle b'' True"
has "connections of one client are limited" "$out" '^limited 4'
has "one that does not read harms nobody" "$out" 'others are served \[3\]'
stop_homebound

configure 'allow_clients = [ "10.0.0.0/8" ];'
start_homebound
answer=$(ask +edns upload.example A)
has "who may not ask is refused" "$answer" 'status: REFUSED'
has "even for what is forwarded" "$(ask www.house.test A)" 'status: REFUSED'
has "and counted" "$(hb status)" 'not admitted +2'
stop_homebound

# A network of its own, where this machine lets us have one.
if [ "$(id -u)" = 0 ] && ip netns add "hb$$" 2> /dev/null &&
    ip netns exec "hb$$" true 2> /dev/null; then
	configure
	sed -i "s/^listen.*/listen = [ \"0.0.0.0:$port\", \"10.99.0.2:53\" ];/" "$dir/homebound.conf"
	inside() { ip netns exec "hb$$" "$@"; }
	inside ip link set lo up
	# Not by the function: its subshell would be what is ended later.
	ip netns exec "hb$$" "$HOMEBOUND" serve -c "$dir/homebound.conf" >> "$dir/homebound.log" 2>&1 &
	homebound_pid=$!
	pids+=($homebound_pid)
	await is_settled
	inside ip link add outer type veth peer name inner
	inside ip link set inner up
	inside ip addr add 10.99.0.2/24 dev outer
	inside ip link set outer up
	await sh -c "ip netns exec hb$$ kdig +timeout=1 +short @10.99.0.2 upload.example | grep -q 250"
	is "an address that comes up later is served" \
		"$(inside kdig +short @10.99.0.2 upload.example A)" 192.0.2.250
	inside ip addr add 203.0.113.9/24 dev outer
	await sh -c "ip netns exec hb$$ kdig +timeout=1 +short @203.0.113.9 -p $port upload.example | grep -q 250"
	is "a client on a subnet of this machine may ask" \
		"$(inside kdig +short @203.0.113.9 -p "$port" upload.example A)" 192.0.2.250
	kill -TERM $homebound_pid
	wait $homebound_pid
fi
ip netns del "hb$$" 2> /dev/null
finish

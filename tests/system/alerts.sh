#!/usr/bin/env bash
# What the household is told without asking: by a command, by a webhook that
# says no at first, and by mail.
. "${SRCDIR:-.}/tests/system/lib.sh"
need python3
begin
start_upstream
hook=$(free_port)
cat > "$dir/hook.py" <<'END'
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    seen = 0
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Hook.seen += 1
        if Hook.seen > 1:
            open(sys.argv[2], "ab").write(body + b"\n")
        self.send_response(500 if Hook.seen == 1 else 204)
        self.end_headers()
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
END
python3 "$dir/hook.py" "$hook" "$dir/hooked" &
pids+=($!)
printf '#!/bin/sh\ncat > "%s"\n' "$dir/mailed" > "$dir/sendmail"
chmod +x "$dir/sendmail"
configure "alerts = { command = \"cat >> $dir/told; printenv HOMEBOUND_KIND HOMEBOUND_ABOUT >> $dir/told\";
	webhook = \"http://127.0.0.1:$hook/alert\"; mail = \"me@example.com\";
	sendmail = \"$dir/sendmail\"; burst = 5; every = 86400; most = 3; };"
start_homebound

# The daemon looks by itself, too: then this one comes a moment later.
is_free() { hb alerts "$@" > "$dir/run.log" 2>&1; ! grep -q 'just now' "$dir/run.log"; }
look() { await is_free run; }
shown() { await is_free; cat "$dir/run.log"; }

out=$(shown)
has "the ways are named" "$out" 'command.*webhook.*mail'
look
is "a first look has nothing to tell" "$(cat "$dir/told" 2>/dev/null)" ""
for _ in 1 2 3 4 5 6; do ask upload.example A > /dev/null; done
hb log -n 1 > /dev/null
look
has "a burst is told to the command" "$(cat "$dir/told")" 'upload.example|house'
has "with its kind" "$(cat "$dir/told")" '^burst$'
has "mail has a header and the sentence" "$(cat "$dir/mailed")" '^To: me@example.com'
has "and a subject" "$(cat "$dir/mailed")" '^Subject: .*burst'
has "what the webhook refused is said" "$(cat "$dir/run.log")" 'webhook: .*500'
has "and waits" "$(shown)" 'tried|wait'
rm -f "$dir/told"
# Its time has come.
sed -i 's/^next .*/next 0/' "$dir"/state/alerts/*.alert
look
has "it is sent again" "$(cat "$dir/hooked")" '"kind":"burst"'
is "but not by the ways it went" "$(cat "$dir/told" 2>/dev/null)" ""
has "nothing waits" "$(shown)" '(0|nothing|no).* wait|[Nn]othing'

out=$(hb alerts test)
is "a test" $? 0
has "goes by every way" "$out" 'command: sent'
has "the webhook, too" "$out" 'webhook: sent'
finish

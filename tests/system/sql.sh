#!/usr/bin/env bash
# sql.sh: the journal asked in SQL: by `homebound sql`, by sqlite3(1) with the
# extension, and as a plain file, they all say what `homebound log` says; and
# nothing of it can be changed that way.
. "${SRCDIR:-.}/tests/system/lib.sh"

need sqlite3 jq
begin
start_upstream
configure
start_homebound

for i in $(seq 20); do
	for name in www tracker twice "n$i.wild"; do
		ask "$name.house.test" A > /dev/null
	done
done

sql()
{
	hb sql "$@" 2>&1
}

# --- the same as the log ---

rows()
{
	jq -cS '{number, client, transport, name, type, verdict, action,
		source, rcode, answered: (if .answered == true or .answered == 1
		then 1 else 0 end), alias, list, line, upstream, ttl}'
}
hb log --since 1d --json | grep -v '"clock"' | rows > "$dir/log.json"
has "there is something to compare" "$(wc -l < "$dir/log.json")" '^80$'
sql --json "SELECT * FROM query" | rows > "$dir/sql.json"
is "sql gives what log gives" "$(cmp "$dir/log.json" "$dir/sql.json" 2>&1)" ""

module=${BUILDDIR:-$(dirname "$HOMEBOUND")}/homebound_journal.so
if sqlite3 :memory: ".load $module" > /dev/null 2>&1; then
	sqlite3 -readonly -json "$dir/state/journal.db" ".load $module" \
		"SELECT * FROM query" | jq -c '.[]' | rows > "$dir/shell.json"
	is "sqlite3 with the extension, too" \
		"$(cmp "$dir/log.json" "$dir/shell.json" 2>&1)" ""
	is "the extension needs no library of ours" \
		"$(ldd "$module" | grep -E 'libuv|libldns|sqlite')" ""
	is "and shows nothing but its door" \
		"$(nm -D --defined-only "$module" | awk '{ print $3 }')" \
		sqlite3_homeboundjournal_init
	has "over another database it says what is wrong" \
		"$(sqlite3 :memory: ".load $module" "SELECT * FROM query" 2>&1)" \
		"not a journal of homebound"
else
	echo "# no extension can be loaded here"
fi

hb export --sqlite "$dir/plain.db" > "$dir/export.out" 2>&1
is "export does" $? 0
has "and says how many" "$(cat "$dir/export.out")" '^80 rows in '
sqlite3 -json "$dir/plain.db" "SELECT * FROM query" | jq -c '.[]' | rows \
	> "$dir/plain.json"
is "a plain file, too" "$(cmp "$dir/log.json" "$dir/plain.json" 2>&1)" ""
is "it is its owner's alone" "$(stat -c %a "$dir/plain.db")" 600
is "it has its indexes" "$(sqlite3 "$dir/plain.db" "SELECT group_concat(name)
	FROM (SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1)")" \
	"query_at,query_device,query_name"
has "no file is written over" \
	"$(hb export --sqlite "$dir/plain.db" 2>&1)" "is there already; --force"
hb export --sqlite "$dir/plain.db" --force --since 1d --until now > /dev/null
is "but with --force" $? 0
is "a time in which nothing was" "$(hb export --sqlite "$dir/empty.db" \
	--since 2020-01-01 --until 2020-01-02)" "0 rows in $dir/empty.db"
has "a device there is not" "$(hb export --sqlite "$dir/none.db" \
	--device nobody 2>&1)" '"nobody" is no device'
is "nothing is left of that" "$(ls "$dir"/none.db* 2>/dev/null)" ""
has "both at once" "$(hb export --sqlite "$dir/x.db" "$dir/x" 2>&1)" \
	"say where to"

# --- forms ---

is "a table" "$(sql "SELECT 1 AS one, 'x' AS two, NULL AS three" |
	sed 's/ *$//')" "$(printf 'one  two  three\n  1  x')"
is "CSV" "$(sql --csv "SELECT 1 AS a, 'x,y' AS b, '=1+1' AS c, x'0aff' AS d" |
	tr -d '\r')" "$(printf 'a,b,c,d\n1,"x,y",\\0611+1,0aff')"
is "JSON" "$(sql --json "SELECT 1 AS a, 1.5 AS b, NULL AS c, 'k' AS d")" \
	'{"a":1,"b":1.5,"c":null,"d":"k"}'
is "from standard input" "$(echo "SELECT 7 AS n" | sql --csv | tr -d '\r')" \
	"$(printf 'n\n7')"
is "one after the other" "$(sql --json "SELECT 1 AS a; SELECT 2 AS b;")" \
	"$(printf '{"a":1}\n{"b":2}')"
is "what steers a terminal is escaped" \
	"$(sql --csv "SELECT char(27) || '[2J' || char(155) AS x" | tail -n 1 |
	tr -d '\r')" '\027[2J\194\155'
is "what is only foreign is not" \
	"$(sql --csv "SELECT 'K' || char(252) || 'che' AS x" | tail -n 1 |
	tr -d '\r')" "Küche"

# --- nothing but questions ---

while read -r line; do
	has "refused: $line" "$(sql "$line")" \
		"only read here|authoriz|readonly|no such"
done <<END
DELETE FROM tail
INSERT INTO mark VALUES (1, 1, 'x', NULL, NULL)
UPDATE gap SET count = 0
DROP TABLE tail
CREATE TABLE x (y)
CREATE TEMP TABLE x (y)
CREATE TEMP VIEW x AS SELECT 1
ATTACH '$dir/other.db' AS other
VACUUM INTO '$dir/other.db'
BEGIN
PRAGMA writable_schema = ON
PRAGMA journal_mode = DELETE
PRAGMA wal_checkpoint
SELECT load_extension('$module')
SELECT writefile('$dir/other.db', 'x')
END
is "and nothing was written" "$(ls "$dir"/other* 2>/dev/null)" ""
has "a mistake is said" "$(sql "SELEC 1")" 'syntax error'
sql "SELECT nothing FROM query" > /dev/null
is "its exit code" $? 1
sql --json --csv "SELECT 1" > /dev/null
is "two forms at once" $? 2

# --- the ten questions of the manual ---

schema=$SRCDIR/resolver/journal/SCHEMA
hb mark "plugged it in" > /dev/null 2>&1
awk '/^Ten questions/ { on = 1 } /^Where the rows are/ { on = 0 }
	on && /^\t/ { print; in_one = 1; next }
	in_one { print ";"; in_one = 0 }' "$schema" > "$dir/ten.sql"
count=0
while IFS= read -r -d ';' question; do
	question=$(echo "$question" | tr '\n\t' '  ')
	[ -n "${question// /}" ] || continue
	count=$((count + 1))
	answer=$(sql --csv "$question")
	is "question $count of SCHEMA is one" $? 0
	has "question $count has titles" "$(echo "$answer" | head -n 1)" '^[a-z]'
done < "$dir/ten.sql"
is "there are ten" "$count" 10

# --- devices ---

client=$(sql --csv "SELECT DISTINCT client FROM query" | tail -n 1 |
	tr -d '\r')
is "a client is found" "$(sql --csv "SELECT count(*) > 79 FROM query
	WHERE client = '$client'" | tail -n 1 | tr -d '\r')" 1
has "log names a device that is none" "$(hb log --device nobody 2>&1)" \
	'"nobody" is no device'
finish

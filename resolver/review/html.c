/*
 * One way in for text: html_text, character by character.  Everything that is
 * printed but is not a constant of ours goes through it.
 */
#include "review/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>

#include "base/text.h"
#include "base/utf8.h"
#include "review/words.h"

/*
 * One accent, for what was sunk; all else is the text's own colour, thinned.
 * On paper every part stays in one piece as far as it can.
 */
static const char style[] =
":root{--paper:#fdfcfa;--ink:#23211e;--quiet:#6f6a62;--line:#e2ddd4;"
"--bar:#b9b2a6;--accent:#a8402a;--wash:#f5f1ea;color-scheme:light dark}"
"@media(prefers-color-scheme:dark){:root{--paper:#191817;--ink:#e6e2db;"
"--quiet:#9b958b;--line:#38352f;--bar:#5d5850;--accent:#ee8a6f;"
"--wash:#22201e}}"
"*{box-sizing:border-box}"
"body{margin:0;background:var(--paper);color:var(--ink);"
"font:16px/1.55 Charter,'Bitstream Charter','Iowan Old Style',Georgia,"
"'Noto Serif',serif;text-wrap:pretty}"
"main{max-width:62rem;margin:0 auto;padding:3.5rem 1.5rem 5rem}"
"h1{font-size:1.9rem;line-height:1.2;font-weight:600;margin:0 0 .4rem;"
"letter-spacing:-.01em}"
"h2{font-size:1.2rem;font-weight:600;margin:3.2rem 0 .6rem}"
"p{max-width:42rem;margin:.6rem 0}"
".quiet,figcaption,caption{color:var(--quiet)}"
".lead{font-size:1.15rem}"
"strong{font-weight:600}"
"strong.sunk{color:var(--accent)}"
"aside{border-left:3px solid var(--line);padding:.1rem 0 .1rem 1.1rem;"
"margin:1.6rem 0}"
"aside.warn{border-color:var(--accent)}"
"table{border-collapse:collapse;width:100%;margin:1rem 0;"
"font:.84rem/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
"th,td{text-align:left;vertical-align:top;padding:.42rem .9rem .42rem 0;"
"border-bottom:1px solid var(--line);overflow-wrap:anywhere}"
"th{font-weight:500;color:var(--quiet);border-color:var(--bar)}"
"th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;"
"overflow-wrap:normal;white-space:nowrap}"
"td.t{font-variant-numeric:tabular-nums}"
"code,td.h{font:.78rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"
"monospace;overflow-wrap:anywhere}"
"dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.4rem;"
"margin:1.2rem 0;font:.9rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,"
"sans-serif}"
"dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}"
"figure{margin:0;padding:1.1rem 0 1rem;border-bottom:1px solid var(--line);"
"break-inside:avoid;display:grid;"
"grid-template-columns:minmax(11rem,15rem) 1fr minmax(9rem,12rem);"
"gap:.3rem 1.6rem;align-items:start}"
"figure>div{min-width:0}"
"figcaption+figcaption,svg+figcaption{margin-top:.35rem}"
"figcaption strong{color:var(--ink)}figcaption strong.sunk{"
"color:var(--accent)}"
"a{color:inherit;text-decoration-color:var(--bar);"
"text-underline-offset:.2em}a:hover{text-decoration-color:currentColor}"
"figure h3{font:600 .95rem/1.35 system-ui,-apple-system,'Segoe UI',Roboto,"
"sans-serif;margin:0;overflow-wrap:anywhere}"
"figcaption{font:.8rem/1.45 system-ui,-apple-system,'Segoe UI',Roboto,"
"sans-serif;overflow-wrap:anywhere}"
"figure.axis{border:0;padding:1rem 0 0;align-items:end;"
"break-after:avoid}"
"svg{display:block;width:100%;height:auto;overflow:visible}"
"svg .sunk{fill:var(--accent)}svg .other{fill:var(--bar)}"
"svg .axis{stroke:var(--line);stroke-width:1;"
"vector-effect:non-scaling-stroke}"
"svg .mark{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 2;"
"vector-effect:non-scaling-stroke}"
"svg .hole{fill:var(--accent);opacity:.16}"
"svg .tick{fill:var(--quiet);font:9px system-ui,sans-serif;"
"text-anchor:middle}"
".key i{display:inline-block;width:.7em;height:.7em;margin:0 .35em 0 0;"
"background:var(--bar)}.key i.sunk{background:var(--accent)}"
".key span{margin-right:1.4em;white-space:nowrap}"
"@media(max-width:46rem){figure{grid-template-columns:1fr}"
"figure>div:last-child svg{max-width:12rem}"
"figure.axis>div:last-child{display:none}"
"main{padding:2rem 1rem 3rem}dl{grid-template-columns:1fr;gap:0}"
"dd{margin-bottom:.5rem}.wide{display:none}"
"table{display:block;overflow-x:auto}th,td{overflow-wrap:normal}"
"td.h{overflow-wrap:anywhere;min-width:14rem}"
"td.t{white-space:nowrap}}"
"@page{margin:18mm 16mm}"
"@media print{:root{--paper:#fff;--ink:#000;--quiet:#555;--line:#ccc;"
"--bar:#aaa;--accent:#a8402a;--wash:#fff}"
"body{font-size:10.5pt}main{max-width:none;padding:0}"
"h2{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}"
"figure{grid-template-columns:42mm 1fr 38mm}"
"svg,.key i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

void html_begin(FILE *out, const char *title)
{
	html_put(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		 "<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" "
		 "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		 "<meta name=\"viewport\" "
		 "content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"referrer\" content=\"no-referrer\">\n"
		 "<title>%s</title>\n<style>\n", title);
	fputs(style, out);
	fputs("\n</style>\n</head>\n<body>\n<main>\n", out);
}

void html_end(FILE *out)
{
	fputs("</main>\n</body>\n</html>\n", out);
}

/* --- text --- */

/* As many bytes as its first one promises, if they are there. */
static size_t length_of(struct bytes text)
{
	uint8_t first = text.at[0];
	size_t len = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	return len <= text.len ? len : 1;
}

static const char *entity_of(uint8_t code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(FILE *out, struct bytes text)
{
	while (text.len > 0) {
		size_t len = length_of(text);
		bool plain = utf8_is_plain(bytes_of(text.at, len));
		const char *entity = entity_of(text.at[0]);

		if (entity != NULL)
			fputs(entity, out);
		else if (plain)
			fwrite(text.at, 1, len, out);
		else
			fputs("\xef\xbf\xbd", out);
		/* What is broken costs one byte: no markup hides in it. */
		len = plain ? len : 1;
		text.at += len;
		text.len -= len;
	}
}

void html_put(FILE *out, const char *markup, ...)
{
	va_list args;

	va_start(args, markup);
	for (; *markup != '\0'; markup++) {
		if (*markup != '%' || markup[1] == '\0') {
			fputc(*markup, out);
			continue;
		}
		if (*++markup == 's')
			html_text(out, bytes_of_string(va_arg(args,
							      const char *)));
		else
			fputc(*markup, out);
	}
	va_end(args);
}

void html_put_count(FILE *out, uint64_t count)
{
	char words[48];
	struct text text;

	text_init(&text, words, sizeof(words));
	words_number(count, &text);
	html_put(out, "<td class=\"n\">%s</td>", words);
}

/* --- pictures --- */

void html_svg_begin(FILE *out, double width, double height,
		    const char *label)
{
	fprintf(out, "<svg viewBox=\"0 0 %.1f %.1f\" role=\"img\" ", width,
		height);
	html_put(out, "aria-label=\"%s\">", label);
}

void html_svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

void html_svg_box(FILE *out, const char *class, struct html_box box)
{
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" "
		"width=\"%.1f\" height=\"%.1f\"/>", class, box.x, box.y,
		box.width, box.height);
}

void html_svg_line(FILE *out, const char *class, struct html_box line)
{
	fprintf(out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" "
		"x2=\"%.1f\" y2=\"%.1f\"/>", class, line.x, line.y,
		line.x + line.width, line.y + line.height);
}

void html_svg_text(FILE *out, const char *class, struct html_box at,
		   const char *text)
{
	fprintf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, at.x,
		at.y);
	html_put(out, "%s</text>", text);
}

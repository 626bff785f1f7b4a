/*
 * Scores have reasons, and shapes of labels tell one kind of name from the
 * other as well as the header says.
 */
#include "review/suspicion.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/text.h"
#include "review/rhythm.h"

#define DAY (UINT64_C(86400) * 1000000)

enum { NOW = 100 };	/* days */

/* Drawn by lot from names that are known for telemetry and uploads... */
static const char *const known[] = {
	"cloudconf-app-at.heytapmobile.com", "device-messaging-na.amazon.com",
	"api-gps-na.hismarttv.com", "srtb.msn.com",
	"hk2sch130021727.wns.windows.com",
	"log22-normal-useast1a.tiktokv.com", "bigdata.ssp.samsung.com",
	"analytics-ie.tiktokw.eu", "adsdk.trafficmanager.net",
	"aan.amazon.de", "honorsearch-dra.hiboard.hihonorcloud.com",
	"mon-boot.tiktokv.com.edgekey.net", "d.xiaomi.com",
	"vaes-eu-preprod.amazon-adsystem.com", "tnc3-aliec2.snssdk.com",
	"ads-msn-com-profile.trafficmanager.net", "cds836.lon.llnw.net",
	"mdp-appconf-null.heytapdl.com", "metrics1.data.dbankcloud.cn",
	"gateway.icloud.com", "conn-service-us-05.allawnos.com",
	"ts.amazon-adsystem.com", "browser-api-za.heytapmobile.com",
	"xlog-va.byteoversea.com", "api-mf1.meta.ndmdhs.com",
	"cname-in-bom01-nginxpool03.vivoglobal.com", "cds299.lcy.llnw.net",
	"aax-eu-ott.amazon-adsystem.com",
	"xlog16-platform-useast5.us.tiktokv.com",
	"rtc-logger16-normal-useastred.tiktokv.eu",
	"vfws.amazon-adsystem.com", "cname-asia-comonrt-stsdk.vivoglobal.com",
	"conn-service-cn-07.allawntech.com", "carelink.minimed.com",
	"bn4sch101121714.wns.windows.com",
	"diagnostics.support.microsoft.com", "d3p8zr0ffa9t17.cloudfront.net",
	"qmds-dev-samsung.com", "storedl4f.nearme.com.cn",
	"grs.dbankcloud.cn", "alt1-3ps.amazon-adsystem.com",
	"pgtus3-excel-telemetry-vip.officeapps.live.com",
	"evoke-windowsservices-tas.msedge.net", "samsung-poland.demdex.net",
	"hk2sch130021137.wns.windows.com", "mdp-appconf-bd.heytapdl.com",
	"cloudconf-app-ma.heytapmobile.com", "business-api.tiktok.com",
	"cloudconf-app-kw.heytapmobile.com",
	"log16-applog-useast5.us.tiktokv.com", "connect-drru.dbankcloud.cn",
	"analytics-exp-sg.tiktok.com", "weus2watcab02.blob.core.windows.net",
	"mobileanalytics.us-east-1.amazonaws.com",
	"dcintl.push.heytapmobi.com", "2621x1nzeq.adobestats.io",
	"data.mistat.india.xiaomi.com", "nmetrics.samsung.com",
	"sentry.sec.miui.com", "dls-udc.dqa.samsung.com",
	"mdp-appconf-cn.heytapdl.com", "cdn-a.amazon-adsystem.com",
	"id-third-appstore.vivoglobal.com", "in-adsjssdk.vivoglobal.com",
	"pgtca1-word-telemetry-vip.officeapps.live.com",
	"cv.ad.lgsmartad.com", "in-vpushort-stsdk.vivoglobal.com",
	"kuyun.com", "bn3sch020022328.wns.windows.com",
	"cldata-ads-ru.heytapmobile.com", "df.telemetry.microsoft.com",
	"cn-api.mcsvc.samsung.com.cn", "vq-us-east-1.amazon-adsystem.com",
	"userprofile.push.heytapmobi.com", "ad-bl.prod.rpay.int.roku.com",
	"adx-op-in.heytapmobile.com", "ad-eng.staging.rpay.int.roku.com",
	"location-va.tiktokv.com", "pv.ot.io.mi.com",
	"connect-drru.hispace.dbankcloud.ru", "mdp-appconf-mm.heytapdl.com",
	"metrics.icloud.com", "rtlog17-normal-useast2a.tiktokv.com",
	"log.snssdk.com", "searchads.apple.com.edgesuite.net",
	"ffc-word-telemetry.officeapps.live.com",
	"awsind0-eco.fds.api.xiaomi.com", "samsungacr.com",
	"cdn-exp-sg-recommend.pt.xiaomi.com", "icosa-sg.coloros.com",
	"cds1293.lon.llnw.net", "report-in.opay.heytapmobile.com",
	"realtime-receive-lp1.dg.srv.nintendo.net",
	"ir-de.amazon-adsystem.com", "conn-service-us-03.allawnos.com",
	"c.gr.msn.com", "fr-api.xmpush.global.xiaomi.com",
	"insights.cloud.microsoft", "telemetry.pod5.prod.avatar.ext.hp.com",
	"ota.cdn.pandora.xiaomi.com",
};

/* ... and from the 10,000 that were asked most of a public resolver. */
static const char *const popular[] = {
	"macromedia.com", "vietnamnet.vn", "flixcar.com", "malwarebytes.org",
	"ccmbg.com", "banzai.it", "google.dk", "inyt.com", "woolik.com",
	"gulfup.com", "conduit-services.com", "mediamatters.org", "epimg.net",
	"kaft.com", "seedceo.com", "adtechjp.com", "anv.bz", "myspacecdn.com",
	"boomrat.com", "jimwqv.ws", "matheranalytics.com", "adlegend.com",
	"mailhop.org", "juksr.com", "magicfinds.com", "dkoshhap.net",
	"porniq.com", "blogspot.in", "kayak.it", "fastserv.com",
	"roimediadigital.com", "kaskus.com", "cvent.com", "hootsuite.com",
	"oley.com", "ygrskyqd.cn", "dreamsadnetwork.com",
	"medianewsgroup.com", "websosanh.vn", "abebooks.it", "netcrawl.info",
	"app.com", "schwab.com", "edgedatg.com", "networkhm.com",
	"neon-lab.com", "jwpcdn.com", "webgains.com", "cardlytics.com",
	"resultspage.com", "ftjcfx.com", "qualys.com", "fundsspeedy.in",
	"clixmetrix.com", "bahissiteleri.mobi", "barbioyunlari.org",
	"automattic.com", "eclick.vn", "ycharts.com", "digitalspy.co.uk",
	"zeti.com", "and.co.uk", "uproxxcdn.com", "stjude.org",
	"wordreference.com", "homedepot.com", "madsone.com", "allakhazam.com",
	"configar.org", "traffichunt.com", "kayak.com.au", "popcrush.com",
	"fonts.com", "softlayer.net", "forbesindia.com", "hdfcbank.com",
	"researchadvanced.com", "pornmarathon.com", "streamsend.com",
	"alpha00001.com", "gigaset.net", "pxxtz.com", "robbreport.com.tr",
	"hollywoodlife.com", "radioreddit.com", "genk.vn", "syncaccess.net",
	"extremetube.com", "airbnb.com", "alohaenterprise.com", "hub.am",
	"hsn.com", "healthbk.ga", "torrentfreak.com", "funnyordie.com",
	"goroost.com", "proxysandy.com", "ieee.org", "dayzdb.com",
	"marieclaire.it",
};

static char buffer[512];
static struct text text;

static struct text *clean(void)
{
	text_init(&text, buffer, sizeof(buffer));
	return &text;
}

static unsigned count_labels(const char *const *names, size_t count)
{
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found += suspicion_label(bytes_of_string(names[i])) != NULL;
	return found;
}

Test(suspicion, labels_tell_known_names_from_popular_ones)
{
	size_t all = sizeof(known) / sizeof(known[0]);
	size_t others = sizeof(popular) / sizeof(popular[0]);
	unsigned one = count_labels(known, all);
	unsigned other = count_labels(popular, others);

	printf("%u of %zu known names have such a label, %u of %zu popular "
	       "ones\n", one, all, other, others);
	cr_expect_geq(one * 100, 15 * all, "%u", one);
	cr_expect_leq(other * 100, 3 * others, "%u", other);
}

Test(suspicion, words_in_labels)
{
	static const struct {
		const char *name, *word;
	} rows[] = {
		{ "telemetry.example", "telemetry" },
		{ "eu-log3.cloud.example", "log" },
		{ "NPTelemetry.Example", "telemetry" },
		{ "crash_reports.example.org", "crash" },
		{ "a.metrics-2.example", "metrics" },
		{ "catalog.example", NULL },
		{ "blog.example", NULL },
		{ "logitech.example", NULL },
		{ "www.example.log", NULL },
		{ "telemetry", NULL },
		{ "", NULL }, { ".", NULL }, { "...", NULL }, { "--.-", NULL },
		{ "\\000\\255.example", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *word = suspicion_label(
				bytes_of_string(rows[i].name));

		cr_expect_str_eq(word ? word : "", rows[i].word ? rows[i].word
							      : "",
				 "%s: %s", rows[i].name, word ? word : "none");
	}
}

static struct suspicion_facts plain_facts(const char *name)
{
	return (struct suspicion_facts){
		.name = bytes_of_string(name), .questions = 100,
		.first = DAY, .now = NOW * DAY,
	};
}

Test(suspicion, nothing_speaks_against_a_plain_name)
{
	struct suspicion_facts facts = plain_facts("www.example");
	struct suspicion suspicion;

	suspicion_judge(&facts, &suspicion);
	suspicion_print(&suspicion, clean());
	cr_expect_str_eq(buffer, "0 of 100, nothing remarkable");
	suspicion_reasons_print(&suspicion, "; ", clean());
	cr_expect_str_eq(buffer, "nothing speaks against it");
}

Test(suspicion, every_point_has_a_reason)
{
	struct rhythm rhythm = { .kind = RHYTHM_OWN, .period = 300,
				 .spread = 3, .beats = 90, .chance = 0.0005 };
	struct suspicion_facts facts = plain_facts("ingest.example");
	struct suspicion suspicion;

	facts.observed = 1;
	facts.night = 31;
	facts.rhythm = &rhythm;
	suspicion_judge(&facts, &suspicion);
	suspicion_print(&suspicion, clean());
	cr_expect_str_eq(buffer, "85 of 100, suspicious");
	suspicion_reasons_print(&suspicion, "; ", clean());
	cr_expect_str_eq(buffer, "a label says \"ingest\" (30); an observing "
			 "list has it, 1 hit (30); asked every 5 min give or "
			 "take 3 s, 90 beats and 0 missed; 1 in 2,000 by "
			 "chance (15); asked at night, 31 of 100 questions "
			 "(10)");
}

Test(suspicion, the_other_reasons)
{
	struct suspicion_facts facts = plain_facts("x.example");
	struct suspicion suspicion;

	facts.sunk = 1200;
	facts.payload = 4800;
	facts.payload_names = 240;
	facts.after_update = true;
	facts.first = facts.now - 2 * DAY;
	suspicion_judge(&facts, &suspicion);
	cr_expect_eq(suspicion.score, 80);
	suspicion_reasons_print(&suspicion, "; ", clean());
	cr_expect_str_eq(buffer, "4,800 bytes a day in 240 names: so much data "
			 "could have left by DNS itself (40); sunk 1,200 "
			 "times (15); came right after an update of the "
			 "device (15); first asked 2 d ago (10)");
}

Test(suspicion, a_cache_is_no_rhythm)
{
	struct rhythm rhythm = { .kind = RHYTHM_TTL, .period = 300 };
	struct suspicion_facts facts = plain_facts("www.example");
	struct suspicion suspicion;

	facts.rhythm = &rhythm;
	suspicion_judge(&facts, &suspicion);
	cr_expect_eq(suspicion.score, 0);
}

Test(suspicion, a_score_is_100_at_the_most)
{
	struct rhythm rhythm = { .kind = RHYTHM_OWN };
	struct suspicion_facts facts = {
		.name = bytes_of_string("log.example"), .questions = 9,
		.sunk = 9, .observed = 9, .night = 9, .payload = UINT64_MAX,
		.rhythm = &rhythm, .after_update = true,
	};
	struct suspicion suspicion;

	suspicion_judge(&facts, &suspicion);
	cr_expect_eq(suspicion.score, 100);
	facts.first = 5;	/* in the future: a clock was set back */
	suspicion_judge(&facts, &suspicion);
	cr_expect_eq(suspicion.weight[SUSPICION_NEW], 0);
}

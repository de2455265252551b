/* A job's parameters against its kind's table of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/params.c"

static const char table[] =
    "{\"text\": {\"type\": \"string\", \"required\": true, \"min\": 2,"
    "   \"max\": 5},"
    " \"size\": {\"type\": \"integer\", \"min\": 64, \"max\": 2048,"
    "   \"default\": 1024},"
    " \"scale\": {\"type\": \"number\", \"min\": 1, \"max\": 20},"
    " \"safe\": {\"type\": \"boolean\"},"
    " \"language\": {\"type\": \"language\"},"
    " \"mode\": {\"type\": \"string\", \"one_of\": [\"fast\", \"good\"]}}";

struct fit {
	const char *given, *out; /* out: as kept; NULL: refused with */
	const char *why;
};

static const struct fit fits[] = {
    /* strings: characters count, not bytes */
    {"{'text':'ab'}", "{'text':'ab','size':1024}", NULL},
    {"{'text':'abcde'}", "{'text':'abcde','size':1024}", NULL},
    {"{'text':'日本語の本'}", "{'text':'日本語の本','size':1024}", NULL},
    {"{'text':'日'}", NULL, "params.text is 1 characters long; the least is 2"},
    {"{'text':'a'}", NULL, "params.text is 1 characters long; the least is 2"},
    {"{'text':''}", NULL, "params.text is 0 characters long; the least is 2"},
    {"{'text':'abcdef'}", NULL,
	"params.text is 6 characters long; the most is 5"},
    {"{'text':7}", NULL, "params.text must be a string"},
    {"{'text':['ab']}", NULL, "params.text must be a string"},
    {"{}", NULL, "params.text is missing; its type is string"},
    {"{'text':null}", NULL, "params.text is missing; its type is string"},
    /* integers */
    {"{'text':'ab','size':64}", "{'text':'ab','size':64}", NULL},
    {"{'text':'ab','size':2048}", "{'text':'ab','size':2048}", NULL},
    {"{'text':'ab','size':63}", NULL, "params.size is 63; the least is 64"},
    {"{'text':'ab','size':2049}", NULL,
	"params.size is 2049; the most is 2048"},
    {"{'text':'ab','size':-1}", NULL, "params.size is -1; the least is 64"},
    {"{'text':'ab','size':9223372036854775807}", NULL,
	"params.size is 9.22337203685478e+18; the most is 2048"},
    {"{'text':'ab','size':64.0}", NULL, "params.size must be a whole number"},
    {"{'text':'ab','size':'64'}", NULL, "params.size must be a whole number"},
    {"{'text':'ab','size':true}", NULL, "params.size must be a whole number"},
    {"{'text':'ab','size':null}", "{'text':'ab','size':1024}", NULL},
    /* numbers */
    {"{'text':'ab','scale':1}", "{'text':'ab','size':1024,'scale':1}", NULL},
    {"{'text':'ab','scale':2.5}", "{'text':'ab','size':1024,'scale':2.5}",
	NULL},
    {"{'text':'ab','scale':0.999}", NULL,
	"params.scale is 0.999; the least is 1"},
    {"{'text':'ab','scale':20.5}", NULL,
	"params.scale is 20.5; the most is 20"},
    {"{'text':'ab','scale':'2'}", NULL, "params.scale must be a number"},
    {"{'text':'ab','scale':false}", NULL, "params.scale must be a number"},
    /* booleans */
    {"{'text':'ab','safe':false}", "{'text':'ab','size':1024,'safe':false}",
	NULL},
    {"{'text':'ab','safe':0}", NULL, "params.safe must be true or false"},
    {"{'text':'ab','safe':'yes'}", NULL, "params.safe must be true or false"},
    /* languages */
    {"{'text':'ab','language':'pt'}",
	"{'text':'ab','size':1024,'language':'pt'}", NULL},
    {"{'text':'ab','language':'EN'}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    {"{'text':'ab','language':'xx'}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    {"{'text':'ab','language':'a '}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    {"{'text':'ab','language':' a'}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    {"{'text':'ab','language':''}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    {"{'text':'ab','language':'eng'}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    {"{'text':'ab','language':'en fr'}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    {"{'text':'ab','language':7}", NULL,
	"params.language must be a two-letter language code such as \"en\""},
    /* one of */
    {"{'text':'ab','mode':'good'}", "{'text':'ab','size':1024,'mode':'good'}",
	NULL},
    {"{'text':'ab','mode':'best'}", NULL,
	"params.mode must be one of [\"fast\",\"good\"]"},
    {"{'text':'ab','mode':''}", NULL,
	"params.mode must be one of [\"fast\",\"good\"]"},
    /* what there is not */
    {"{'text':'ab','texts':'ab'}", NULL,
	"params.texts is not a parameter of this kind, which takes text, "
	"size, scale, safe, language, mode"},
    {"{'text':'ab','':1}", NULL,
	"params. is not a parameter of this kind, which takes text, size, "
	"scale, safe, language, mode"},
    {"['text']", NULL, "params must be an object"},
    {"'text'", NULL, "params must be an object"},
    {"null", NULL, "params must be an object"},
};

/* JSON with ' for ". */
static json_t *
json(const char *text)
{
	char *copy = strdup(text);
	json_t *out;

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	out = json_loads(copy, JSON_DECODE_ANY, NULL);
	assert_non_null(out);
	free(copy);
	return out;
}

static void
what_fits_is_kept_and_what_does_not_is_named(void **state)
{
	json_t *spec = json_loads(table, 0, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
		json_t *given = json(fits[i].given), *want;
		struct err err = {""};
		json_t *out = params_check(spec, given, &err);

		if (fits[i].out == NULL) {
			assert_null(out);
			assert_string_equal(err.text, fits[i].why);
		} else {
			want = json(fits[i].out);
			assert_true(json_equal(out, want));
			json_decref(want);
		}
		json_decref(out);
		json_decref(given);
	}
	json_decref(spec);
}

/* The order is the table's, whatever the client's: bodies are signed. */
static void
parameters_come_in_the_order_of_their_table(void **state)
{
	json_t *spec = json_loads(table, 0, NULL);
	json_t *given = json("{'mode':'fast','safe':true,'text':'ab'}"), *out;
	char *text;

	(void)state;
	out = params_check(spec, given, NULL);
	text = json_dumps(out, JSON_COMPACT);
	assert_string_equal(text,
	    "{\"text\":\"ab\",\"size\":1024,\"safe\":true,\"mode\":\"fast\"}");
	free(text);
	json_decref(out);
	json_decref(given);
	json_decref(spec);
}

static void
none_given_is_an_empty_object(void **state)
{
	json_t *spec = json("{'a':{'type':'integer','default':7}}");
	json_t *need = json("{'a':{'type':'integer','required':true}}");
	json_t *none = json("{}"), *out;
	struct err err;

	(void)state;
	out = params_check(spec, NULL, &err);
	assert_int_equal(json_integer_value(json_object_get(out, "a")), 7);
	json_decref(out);
	out = params_check(none, NULL, &err);
	assert_int_equal(json_object_size(out), 0);
	json_decref(out);
	assert_null(params_check(need, NULL, &err));
	assert_string_equal(
	    err.text, "params.a is missing; its type is integer");
	out = json("{'x':1}");
	assert_null(params_check(none, out, &err));
	assert_string_equal(err.text,
	    "params.x is not a parameter of this kind, which takes none");
	json_decref(out);
	json_decref(spec);
	json_decref(need);
	json_decref(none);
}

/* A name of any length fits no buffer's end. */
static void
a_long_name_is_cut_in_the_reason(void **state)
{
	json_t *spec = json("{}"), *given = json_object();
	char name[4096];
	struct err err;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	json_object_set_new(given, name, json_true());
	assert_null(params_check(spec, given, &err));
	assert_int_equal(strncmp(err.text, "params.nnnn", 11), 0);
	assert_true(strlen(err.text) < sizeof(err.text));
	json_decref(spec);
	json_decref(given);
}

static const char *const languages_named[] = {
    "en", "es", "fr", "de", "it", "pt", "ru", "ja", "ko", "zh"};

static void
the_ten_languages_are_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++) {
		json_t *code = json_string(languages_named[i]);

		assert_true(is_language(code));
		json_decref(code);
	}
}

static const struct fit specs[] = {
    {"{}", "", NULL},
    {"{'a':{'type':'string'},'b':{'type':'integer'},'c':{'type':'number'},"
     "'d':{'type':'boolean'},'e':{'type':'language'}}",
	"", NULL},
    {"{'a':{'type':'integer','min':1,'max':9,'default':9}}", "", NULL},
    {"{'a':{'type':'text'}}", NULL,
	"params.a.type must be string, integer, number, boolean or language"},
    {"{'a':{}}", NULL,
	"params.a.type must be string, integer, number, boolean or language"},
    {"{'a':7}", NULL,
	"params.a.type must be string, integer, number, boolean or language"},
    {"{'a':{'type':'integer','min':'1'}}", NULL,
	"params.a.min must be a number"},
    {"{'a':{'type':'integer','max':null}}", NULL,
	"params.a.max must be a number"},
    {"{'a':{'type':'string','one_of':'x'}}", NULL,
	"params.a.one_of must be an array"},
    {"{'a':{'type':'integer','max':9,'default':10}}", NULL,
	"the default is no good: params.a is 10; the most is 9"},
    {"{'a':{'type':'integer','default':'x'}}", NULL,
	"the default is no good: params.a must be a whole number"},
    {"{'a':{'type':'string','one_of':['x'],'default':'y'}}", NULL,
	"the default is no good: params.a must be one of [\"x\"]"},
    {"{'a':{'type':'language','assumed':'de'}}", "", NULL},
    {"{'a':{'type':'string','assumed':'de'}}", NULL,
	"params.a.assumed is for languages only"},
    {"{'a':{'type':'language','assumed':'german'}}", NULL,
	"what is assumed is no good: params.a must be a two-letter language "
	"code such as \"en\""},
    {"{'a':{'type':'language','one_of':['fr'],'assumed':'de'}}", NULL,
	"what is assumed is no good: params.a must be one of [\"fr\"]"},
    {"[]", NULL, "params must be an object"},
};

static void
a_table_is_checked_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		json_t *spec = json(specs[i].given);
		struct err err = {""};
		int failed = params_check_spec(spec, &err);

		assert_int_equal(failed, specs[i].out != NULL ? 0 : -1);
		if (specs[i].why != NULL)
			assert_string_equal(err.text, specs[i].why);
		json_decref(spec);
	}
	assert_int_equal(params_check_spec(NULL, NULL), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_fits_is_kept_and_what_does_not_is_named),
	    cmocka_unit_test(parameters_come_in_the_order_of_their_table),
	    cmocka_unit_test(none_given_is_an_empty_object),
	    cmocka_unit_test(a_long_name_is_cut_in_the_reason),
	    cmocka_unit_test(the_ten_languages_are_there),
	    cmocka_unit_test(a_table_is_checked_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

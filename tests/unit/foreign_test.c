// Whoever may send events must not lead customers' data to any mailbox of the world: an address that an event gave is
// written to only in a domain of the channel's own.
#include "harness/desk.h"
#include "services/notifier/channel.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const domains[] = {"sales.example", "Example.ORG"};

static void test_which_domains_are_foreign(void **state)
{
    (void)state;
    static const struct {
        int type;
        const char *app, *url, *to, *address, *foreign; // NULL: it is written to
    } cases[] = {
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@firm.example", NULL},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@FIRM.example", NULL},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@sales.example", NULL},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@example.org", NULL},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@evil.example", "evil.example"},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@sub.firm.example", "sub.firm.example"},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@evilfirm.example", "evilfirm.example"},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "a@evil.example@firm.example", "evil.example@firm.example"},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "wang@firm.example.", "firm.example."},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "", "", NULL},
        {CHANNEL_TYPE_EMAIL, "tend@firm.example", "", "team@firm.example", "wang@evil.example", NULL},
        {CHANNEL_TYPE_XMPP, "tend@firm.example", "", "", "wang@firm.example", NULL},
        {CHANNEL_TYPE_XMPP, "tend@firm.example", "", "", "wang@evil.example", "evil.example"},
        {CHANNEL_TYPE_XMPP, "tend@firm.example", "", "", "wang@firm.example/x@evil", "firm.example/x@evil"},
        {CHANNEL_TYPE_MATRIX, "", "https://matrix.firm.example", "", "!room:firm.example", NULL},
        {CHANNEL_TYPE_MATRIX, "", "https://matrix.firm.example", "", "!room:matrix.firm.example", NULL},
        {CHANNEL_TYPE_MATRIX, "", "https://matrix.firm.example", "", "!room:example", "example"},
        {CHANNEL_TYPE_MATRIX, "", "https://matrix.firm.example", "", "!room:evil.example", "evil.example"},
        {CHANNEL_TYPE_SLACK, "", "", "", "U012AB3CD", NULL},
        {CHANNEL_TYPE_TELEGRAM, "", "", "", "12345", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct channel_options options = {.type = cases[i].type,
                                          .app = cases[i].app,
                                          .to = cases[i].to,
                                          .token_file = "",
                                          .domains = domains,
                                          .domain_count = 2};
        struct channel channel = {.options = &options, .driver = channel_driver(&options)};
        channel.destination.url = cases[i].url;
        const char *foreign = channel_foreign(&channel, cases[i].address);
        if ((foreign == NULL) != (cases[i].foreign == NULL) ||
            (foreign != NULL && strcmp(foreign, cases[i].foreign) != 0))
            fail_msg("%s: %s", cases[i].address, foreign != NULL ? foreign : "written to");
    }
}

static void know_at(const char *rep, const char *address, int64_t later)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    char id[32];
    snprintf(id, sizeof id, "e%lld", (long long)later);
    time.seconds = (DESK_START - DAY) / SECOND + later;
    body.name = body.time_zone = (char *)"";
    body.channel = (char *)"wecom";
    body.address = (char *)(uintptr_t)address;
    event.id = id;
    event.source = (char *)"test";
    event.time = &time;
    event.rep_id = (char *)(uintptr_t)rep;
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
    desk_play(turns_now_ms(desk.turns) + SECOND);
}

static void begin_anew(void)
{
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
}

static bool goes_to(const char *address, const char *trouble)
{
    json_t *way = desk_ask("/v1/route?rep=li&kind=overdue");
    const char *to = json_string_value(json_object_get(way, "address"));
    const char *said = json_string_value(json_object_get(way, "trouble"));
    bool good = strcmp(to != NULL ? to : "", address) == 0 && strstr(said != NULL ? said : "", trouble) != NULL;
    if (!good)
        print_error("to \"%s\", trouble \"%s\"\n", to, said);
    json_decref(way);
    return good;
}

// The channel of the desk's chat is a mailbox here, whose server nobody asks.
static void test_messages_wait_for_a_person(void **state)
{
    (void)state;
    char path[] = "/tmp/tend-foreign-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, "smtps://mail.firm.example", 25) == 25);
    close(file);
    struct channel_options *mail = &desk.channels[1];
    mail->type = CHANNEL_TYPE_EMAIL;
    mail->url_file = path;
    mail->app = "tend@firm.example";
    mail->allow_loopback = false;
    begin_anew();
    know_at("li", "li@firm.example", 1);
    assert_true(goes_to("li@firm.example", ""));
    know_at("li", "li@evil.example", 2);
    assert_true(goes_to("", "rep \"li\" at evil.example"));
    desk_remind("0123456789abcdef0123456789abcdef", "li", "C1", 0);
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(desk_messages("held"), 1);
    assert_non_null(strstr(desk_newest("reason"), "which is no domain of channel \"wecom\""));
    json_t *audit = desk_ask("/v1/audit");
    assert_int_equal(json_array_size(json_object_get(audit, "foreign")), 1);
    json_decref(audit);
    // A person says that it is right.
    mail->domains = (const char *const[]){"evil.example"};
    mail->domain_count = 1;
    begin_anew();
    assert_true(goes_to("li@evil.example", ""));
    mail->domain_count = 0;
    desk.people[0] =
        (struct person_options){.rep = "li", .name = "", .channel = "", .address = "li@evil.example", .language = ""};
    begin_anew();
    assert_true(goes_to("li@evil.example", ""));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_domains_are_foreign),
        cmocka_unit_test_setup_teardown(test_messages_wait_for_a_person, desk_set_up, desk_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
